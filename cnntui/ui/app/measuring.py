"""Opens the pages and views that show how well the network predicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnntui.explore.views import VIEWS
from cnntui.ui.app.evaluations import Evaluations
from cnntui.ui.app.showing import Showing
from cnntui.ui.views.base.missing_layer import TO_COME, UNOPENED
from cnntui.ui.views.base.overlay import lay_over, uncover

if TYPE_CHECKING:
    from cnntui.ui.views.classes.screen import ClassesScreen


class Measuring:
    """Opens everything that needs labelled images, or says why nothing can be measured."""

    def __init__(self, showing: Showing) -> None:
        self._app, self._showing = showing.app, showing
        self.evaluations = Evaluations(self._begin)

    def _begin(self, read: Callable[[], None]) -> None:
        # This starts once the screen is painted, which the work would delay. It is exclusive: when the network has
        # learned more, the evaluation of the previous one is abandoned.
        self._app.call_after_refresh(self._app.run_worker, read, group="reading", exclusive=True, thread=True)

    def may_show(self, mode: str) -> bool:
        """Whether a view has something to show for this network and these images; if not, says why."""
        reason = ""
        if mode == "draw":
            from cnntui.images.drawing import cannot_draw_for

            reason = cannot_draw_for(self._showing.scene.network.input_shape)
        elif VIEWS[mode].measures:
            reason = self._why_not(VIEWS[mode].answers)
        self._say(reason)
        return not reason

    def _why_not(self, of_answers: bool = True) -> str:
        """Why the network or its answers cannot be measured on these images; empty if they can."""
        scene, view = self._showing.scene, self._showing.session.view
        if scene.is_awaited and view is not None and view.config.network_problem:
            return f"{UNOPENED.format(run=scene.run)}. {view.config.network_problem}"
        if of_answers and scene.network.unanswered:
            return scene.network.unanswered
        return f"{TO_COME.format(run=scene.run)}." if scene.is_awaited else scene.data.reason

    def _say(self, reason: str) -> None:
        if reason:
            self._app.unwarn()
            self._app.warn(reason, seconds=12)

    async def browse(self) -> None:
        """Browse all images with their predictions."""
        from cnntui.ui.views.images.screen import ImagesScreen

        app, showing, scene = self._app, self._showing, self._showing.scene
        if reason := self._why_not():
            self._say(reason)
        else:
            await lay_over(app, ImagesScreen(scene, self.evaluations.of(scene.network, scene.data), showing.style))
            # Predicting may be turned on, which hides the classes.
            showing.show_state()

    async def by_class(self) -> None:
        """Show how well the network of the last epoch recognises each class."""
        from cnntui.ui.views.classes.screen import ClassesScreen

        app, showing = self._app, self._showing
        if reason := self._why_not():
            self._say(reason)
        else:
            tested = self.evaluations.of_tested(showing.session.view, showing.scene)
            await lay_over(app, ClassesScreen(showing.state, *tested))

    def read_on(self, screen: ClassesScreen) -> None:
        """Note that another epoch has ended: evaluate its network."""
        screen.read(*self.evaluations.of_tested(self._showing.session.view, self._showing.scene))

    async def browse_from_classes(self, message: ClassesScreen.Browse) -> None:
        """Browse the images in place of the classes page, starting with those that were chosen there."""
        from cnntui.ui.views.images.screen import ImagesScreen

        app, showing = self._app, self._showing
        with app.batch_update():
            uncover(app)
            screen = ImagesScreen(showing.scene, message.evaluation, showing.style, message.choice, message.matrix)
            await lay_over(app, screen)
            showing.show_state()

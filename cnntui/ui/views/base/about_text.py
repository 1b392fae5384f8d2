"""A few words about what is on screen, beside the bar of modes."""

from __future__ import annotations

from cnntui.cnn.arithmetic import percent
from cnntui.explore.scene import Scene


def about(scene: Scene, is_live: bool, is_unopened: bool) -> tuple[str, ...]:
    """Descriptions of the current place, in decreasing length.

    Args:
        scene: the network and the image.
        is_live: whether the network comes from a run that is training now.
        is_unopened: whether the run's network cannot be opened.
    """
    if is_unopened:
        return f"{scene.run}   curves alone", "curves alone"
    if scene.is_awaited:
        return f"{scene.run}   weights not saved yet", "weights not saved yet"
    if scene.network.answer is None:
        return f"{scene.run}   {scene.title} · no answer", f"{scene.title} · no answer", "no answer"
    predicted = scene.activations.predicted
    answer, title = scene.answer, scene.title
    probability = percent(float(scene.activations.probabilities[predicted]))
    brief = f"predicted {scene.named(predicted)}"
    if is_live and scene.step is not None:
        live = f"live, batch {scene.step:,}"
        return (
            f"{scene.run} {live}   {title} · {answer} ({probability})",
            f"{live}   {title} · {answer}",
            f"{live} · {brief}",
            live,
        )
    whose = "not its data: " if scene.is_foreign else ""
    # Beside the bar of modes, 80 columns leave room for about twenty.
    return (
        f"{scene.run}   {whose}{title} · {answer} ({probability})",
        f"{title} · {answer} ({probability})",
        f"{title} · {answer}",
        answer,
        brief,
    )

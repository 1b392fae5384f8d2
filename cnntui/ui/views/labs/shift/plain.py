"""The shift lab as plain text: how many images two networks still get right when the images move to the right."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, fraction
from cnntui.labs.shift import CURVE, Race, Reader, of_the_curve
from cnntui.ui.views.base.plain import everything, paragraph, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.shift import verdict as shift_verdict
from cnntui.ui.views.labs.shift.compared import COUNT, other_reader


def as_text(state: AppState, width: int) -> list[str]:
    """The accuracy of both networks at each shift of the curve."""
    scene = state.scene
    own = Reader(scene.run, scene.network)
    other = other_reader(own)
    found = (own, other) if isinstance(other, Reader) else (own,)
    readers = tuple(sorted(found, key=lambda reader: not reader.is_convolutional))
    race = Race(readers, scene.data, COUNT)
    count = len(race.data)
    race.read(lambda: race.done < count * len(CURVE) * len(readers))
    shares = race.accuracies()
    curves = of_the_curve(shares)
    rows = [(f"{pixels}", *(fraction(float(curve[pixels])) for curve in curves)) for pixels in range(len(CURVE))]
    trouble = "" if isinstance(other, Reader) else f"{other}"
    return everything(
        paragraph(f"Accuracy on {counted(count, 'image')}, by how many pixels they are moved to the right:", width),
        table(("pixels", *(f"{reader.name} (run {reader.run})" for reader in readers)), rows, left=0),
        texts(shift_verdict.found(readers, shares, count, width, trouble)),
    )

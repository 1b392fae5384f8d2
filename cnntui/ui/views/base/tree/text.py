"""Words for a number that is taken apart: the rows of its tree, and the sum that they form."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, number, percent, signed_number, sum_of_products, sum_of_terms
from cnntui.cnn.contributions import Node, NumberKind
from cnntui.cnn.layers import times
from cnntui.cnn.unfolding import DIGITS, Part, Row
from cnntui.printable import set_width, shortened, text_width
from cnntui.ui.widgets.text.line import Line, line_width

MARKER = "▸"
OPEN, CLOSED, LEAF = "▾", "›", "·"

VALUE, WEIGHT, ADDS = 9, 10, 8
"""Columns of a number's value, of its weight if there is room, and of its contribution."""

ROOMY = 70
"""The least width at which rows show their weights and longer bars."""

NARROW = 28
"""The number of columns of the words about a row."""

MOST_DIGITS = 4
"""The most decimals of the numbers in a sum, used if they make the sum exact."""


def name(node: Node, full: bool = True, room: int = 100) -> str:
    """The name of a number.

    Args:
        node: the number.
        full: whether to include the name of its layer.
        room: the number of columns; if there are too few, the layer's name is shortened.
    """
    if full and (over := len(name(node, False)) + 1 + text_width(node.place.layer) - room) > 0:
        layer = shortened(node.place.layer, text_width(node.place.layer) - over) + " "
    else:
        layer = f"{node.place.layer} " if full else ""
    index = node.place.index
    match node.kind:
        case NumberKind.LOGIT:
            return f"logit of {index[-1]}"
        case NumberKind.UNIT:
            return f"{layer}unit {index[0]}"
        case NumberKind.PIXEL:
            return f"pixel ({index[0]}, {index[1]})"
        case NumberKind.CELL:
            return f"{layer}({index[0]}, {index[1]}) map {index[2]}"


def number_head(node: Node, does: str, width: int) -> Line:
    """The number that is taken apart, its value and, if there is room, a description of its layer."""
    line: Line = ((name(node, room=width - 12), "strong"), ("  ", ""), (number(node.value, DIGITS), "strong"))
    return (*line, (f"  {does}", "dim")) if line_width(line) + len(does) + 2 <= width else line


def sign(value: float) -> str:
    """The role of a signed number."""
    return "negative" if value < 0 else "positive" if value > 0 else "faint"


def signed(value: float, width: int = 0) -> str:
    """A number that always has its sign, except 0."""
    text = number(value, DIGITS, max(0, width - 1)).strip()
    return ("+" + text if text[0].isdigit() and value > 0 and text.strip("0.") else text).rjust(width)


def heading(width: int) -> Line:
    """The headings of the tree's columns."""
    room = width - _bar_room(width)
    columns = "value".rjust(VALUE) + ("× weight".rjust(WEIGHT) if width >= ROOMY else "") + "adds".rjust(ADDS)
    return (("  made of".ljust(room - len(columns)) + columns, "dim"),)


def _bar_room(width: int) -> int:
    """The number of columns of a bar and the gap before it."""
    return 1 + (20 if width >= ROOMY else max(3, (width - 28) // 4))


def row_line(row: Row, width: int, selected: bool) -> Line:
    """One row of the tree."""
    is_number = row.key.part is Part.NUMBER
    bar_room = _bar_room(width)
    numbers = VALUE + ADDS + (WEIGHT if width >= ROOMY else 0)
    room = width - bar_room - numbers - row.level - 4
    marker = OPEN if row.is_open else CLOSED if row.can_open else LEAF
    called = _called(row, room)
    value = f"{row.relation} {number(row.node.value, DIGITS, VALUE - 2)}" if is_number else ""
    weight = f"× {number(row.weight, DIGITS, 7)}" if row.weight is not None else ""
    role = "selected" if selected else "faint" if is_number and row.contribution == 0 else ""
    before = f"{MARKER if selected else ' '}{' ' * row.level}{marker} {set_width(called, room + 1)}"
    numbers_text = value.rjust(VALUE) + (weight.rjust(WEIGHT) if width >= ROOMY else "")
    line: Line = ((before, role), (numbers_text, "selected" if selected else "dim"))
    if not row.level:
        return line
    role = sign(row.contribution)
    drawn = f"{signed(row.contribution, ADDS)} {rod(row.share, bar_room - 1)}"
    return (
        *line,
        (drawn.ljust(ADDS + bar_room), f"selected {role}") if selected and role != "faint" else (drawn, role),
    )


def rod(share: float, width: int) -> str:
    """A thin horizontal bar in steps of half a column, which leaves the bars of neighbouring rows apart."""
    full, half = divmod(round(max(0.0, min(1.0, share)) * width * 2), 2)
    return "━" * full + "╸" * half


def _called(row: Row, room: int) -> str:
    match row.key.part:
        case Part.REST:
            return counted(row.count, "other term")
        case Part.BIAS:
            return "bias"
        case Part.NUMBER:
            full = name(row.node)
            return full if text_width(full) <= room else name(row.node, full=False)


def details(row: Row, above: Node | None) -> list[Line]:
    """Details of one row, in four narrow lines.

    Args:
        row: the row.
        above: the number that the row is a term of; None for the top.
    """
    node = row.node
    if row.key.part is Part.BIAS:
        return [
            (("the bias", "strong"),),
            ((f"of {name(node, room=NARROW - 3)}", "dim"),),
            (("added whatever the", "dim"),),
            (("image is", "dim"),),
        ]
    if row.key.part is Part.REST:
        zeros = node.terms.zeros(len(node.terms) - row.count)
        return [
            ((counted(row.count, "other term"), "strong"),),
            ((f"of {name(node, room=NARROW - 3)}", "dim"),),
            (("1 of them adds nothing" if zeros == 1 else f"{zeros:,} of them add nothing", "dim"),),
            (("→ shows more of them", "dim"),),
        ]
    lines: list[Line] = [((name(node, room=NARROW), "strong"),)]
    if above is None and node.kind is NumberKind.LOGIT:
        probability = float(node.activations.probabilities[node.place.index[-1]])
        function = "the sigmoid" if node.activations.network.answering().activation == "sigmoid" else "softmax"
        return [
            *lines,
            ((f"a sum of {counted(len(node.terms), 'term')}", "dim"),),
            ((f"which {function} turns into", "dim"),),
            ((percent(probability, 4), "strong"),),
        ]
    if above is not None:
        if row.weight is None:
            layer = node.activations.network[above.place.layer]
            wins = "wins its window and is passed on" if max(layer.extent) > 1 else "is passed on unchanged"
            lines.append(((f"goes through {layer.description}" if _is_changed(above) else wins, "dim"),))
        else:
            product = sum_of_products([node.value], [row.weight], row.contribution, DIGITS, DIGITS)
            lines.append(((str(product).replace(" × ", "×"), sign(row.contribution)),))
        lines.append(((f"for {name(above, room=NARROW - 4)}", "dim"),))
    if node.is_silent:
        lines.append((("ReLU made it 0, from ", "dim"), (signed_number(node.pre_activation, DIGITS), "negative")))
    elif node.kind is NumberKind.PIXEL:
        lines.append((("0 is paper, 1 is ink", "dim"),))
    elif node.terms.is_same:
        lines.append(((_made_of_one(node), "dim"),))
    elif node.terms.is_mean:
        lines.append(((f"the average of {len(node.terms)} cells", "dim"),))
    elif len(node.terms) > 1 or node.terms.bias is not None:
        lines.append(((f"a sum of {counted(len(node.terms), 'term')}", "dim"),))
    return lines


def _is_changed(node: Node) -> bool:
    """Whether an activation function changed the only number that a number is made of."""
    return node.activations.network[node.place.layer].activation != "linear" and node.value != node.terms[0].child.value


def _made_of_one(node: Node) -> str:
    """How a number comes from the only one that it is made of."""
    layer = node.activations.network[node.place.layer]
    if layer.CHOICE:
        return f"the {layer.CHOICE} of {f'{times(layer.extent)} cells' if max(layer.extent) > 1 else 'what it reads'}"
    return f"through {layer.description}" if _is_changed(node) else "passed on unchanged"


def equation(node: Node, most: int, width: int) -> Line:
    """A number as a sum, as far as it fits: its largest terms, all other terms as one, and the bias."""
    terms = node.terms
    if not node.is_sum:
        why = (
            f"ReLU made it 0; the sum was {signed_number(node.pre_activation, DIGITS)}" if node.is_silent else "no sum"
        )
        return ((f"{name(node)}: {why}", "dim"),)
    if terms.is_same:
        child, layer, value = terms[0].child, node.activations.network[node.place.layer], number(node.value, DIGITS)
        if _is_changed(node):
            return ((f"{number(child.value, DIGITS)} → {layer.description} → {value}", ""),)
        return ((f"{name(child)} = {value}", ""),)
    best: Line = ()
    for count in range(min(most, len(terms)), -1, -1):
        for digits in (MOST_DIGITS, DIGITS):
            best = _sum(node, count, digits)
            if line_width(best) <= width:
                return best
    return best


def _sum(node: Node, count: int, most_digits: int) -> Line:
    terms = node.terms
    others = len(terms) - count
    parts = [term.contribution for term in terms[:count]]
    if others:
        parts.append(terms.rest(count))
    if terms.bias is not None:
        parts.append(terms.bias)
    total = sum_of_terms(parts, node.value, DIGITS, most_digits)
    text: list[tuple[str, str]] = []
    for place, (shown,) in enumerate(total.terms):
        negative = shown.startswith("−")
        joint = (" − " if negative else " + ") if place else ("−" if negative else "")
        text += [(joint, "dim"), (shown.lstrip("−"), sign(parts[place]))]
        if place == count and others:
            text.append((f" ({counted(others, 'other')})", "dim"))
        elif place >= count:
            text.append((" bias", "dim"))
    return (*text, (f" {total.relation} ", ""), (total.result, "strong"))

"""What a network costs to compute, judged by its shapes alone, since a description may declare anything."""

from __future__ import annotations

from math import prod

from cnntui.cnn import ops
from cnntui.cnn.layers import Layer, Shape, times
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.printable import shortened

MOST_PARAMETERS = 150_000_000
"""600 MB of float32: VGG19 with its dense layers has 144 million."""

MOST_NUMBERS = 20_000_000
"""80 MB for one layer's output for one image: several times the largest maps of published networks."""

MOST_NUMBERS_IN_ALL = 120_000_000
"""480 MB for what all layers keep for one image: a photo takes 113 million numbers in Xception, 71 in ResNet101."""

_MOST_IN_MEMORY = 220_000_000
"""880 MB for the parameters, what all layers keep for one image, and the windows of the layer being computed."""

SMALLER = (
    f"cnntui opens networks of up to {MOST_PARAMETERS:,} parameters that answer within a second or two. A part of it "
    "may open, such as a model built with include_top=False, or the same model for smaller images."
)
"""What a user can do with a network that is too large."""

LONGEST_SHAPE = 60
"""The most columns that a shape takes up in a sentence: a description may declare numbers of any length."""

_MOST_UNDER_WINDOWS = 100_000_000
"""400 MB for the numbers under all windows of one layer, which are laid out side by side to compute the layer."""

_MOST_IN_A_WINDOW = 65_536
"""The most cells in a window, since they are handled one by one."""

_MOST_PRODUCTS = 30_000_000_000
"""One or two seconds of multiplications for one image: twice what VGG16 takes for a photo."""


def check_size(shape: Shape, what: str) -> None:
    """Refuse a map that is too large to keep in memory.

    Args:
        shape: the shape of the map.
        what: the beginning of the error message, such as "Layer 'conv2d' gives".

    Raises:
        CnntuiError: the map is too large.
    """
    if prod(shape) > MOST_NUMBERS:
        raise CnntuiError(f"{what} {shortened(times(shape), LONGEST_SHAPE)}, which is too large.")


def kept(shape: Shape, has_kernel: bool) -> int:
    """How many numbers a layer keeps for one image: its output, and its weighted sums if it has any."""
    return prod(shape) * (2 if has_kernel else 1)


def check_cost(network: Network) -> None:
    """Refuse a network that could not be computed within reasonable memory and time.

    Raises:
        CnntuiError: the network is too large; the message names the layer if a single layer is too large.
    """
    if network.parameters > MOST_PARAMETERS:
        raise CnntuiError(f"The network declares {network.parameters:,} parameters, which is too large.", SMALLER)
    numbers = products = under = 0
    given = network.input_shape
    for layer, shape in zip(network, network.shapes, strict=True):
        reads = network.input_shapes_of(layer.name) if layer.inputs else (given,)
        check_size(shape, f"Layer '{layer.name}' gives")
        numbers += kept(shape, "kernel" in layer.weights)
        products += _products(layer, shape)
        under = max(under, _under_windows(layer, shape, reads[0]))
        given = shape
    if numbers > MOST_NUMBERS_IN_ALL:
        raise CnntuiError(f"The network computes {numbers:,} numbers for an image, which is too many.", SMALLER)
    if (needed := network.parameters + numbers + under) > _MOST_IN_MEMORY:
        raise CnntuiError(f"The network needs memory for {needed:,} numbers, which is too many.", SMALLER)
    if products > _MOST_PRODUCTS:
        raise CnntuiError(f"The network takes {products:,} multiplications for an image, which is too many.", SMALLER)


def _products(layer: Layer, shape: Shape) -> int:
    """The number of products that a layer adds up, or of numbers that it compares, for one image."""
    kernel = layer.weights.get("kernel")
    if kernel is not None:
        return prod(shape[:-1]) * kernel.size
    return prod(shape) * (1 if layer.sliding is None else prod(layer.sliding.size))


def _under_windows(layer: Layer, shape: Shape, given: Shape) -> int:
    """How many numbers lie under all windows of a layer, and have to be laid out.

    Raises:
        CnntuiError: they are too many; the message names the layer.
    """
    sliding, kernel = layer.sliding, layer.weights.get("kernel")
    cells = kernel.shape[:2] if sliding is None and kernel is not None and kernel.ndim == 4 else ()
    if prod(cells) > _MOST_IN_A_WINDOW:
        raise CnntuiError(f"Layer '{layer.name}' has kernels of {times(cells)}, which are too large.")
    if sliding is None:
        return 0
    sticks_out = [
        sum(ops.same_padding(length, window, stride)) if sliding.padding == "same" else 0
        for length, window, stride in zip(given, sliding.extent, sliding.stride, strict=False)
    ]
    padded = prod(length + zeros for length, zeros in zip(given, sticks_out, strict=False)) * given[-1]
    under = prod(shape[:2]) * prod(sliding.size) * given[-1] if "kernel" in layer.weights else 0
    if max(padded, under) > _MOST_UNDER_WINDOWS or prod(sliding.size) > _MOST_IN_A_WINDOW:
        raise CnntuiError(f"Layer '{layer.name}' has windows of {times(sliding.extent)}, which are too large.")
    return max(padded, under)

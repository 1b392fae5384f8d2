"""The colours of the texts."""

from textual.theme import Theme

THEME = Theme(
    name="cnntui",
    primary="#3cd6c8",
    secondary="#6aa4fa",
    accent="#3cd6c8",
    foreground="#d6dae4",
    background="#1b1d22",
    surface="#1b1d22",
    panel="#282b32",
    success="#96eb50",
    warning="#fac448",
    error="#ff7a70",
    dark=True,
)

"""The look of the page, as far as Gradio's theme carries it; the rest is in `chat.css`."""

import gradio as gr

__all__ = ["theme"]

_SANS = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Quiet neutral greys, one teal, and the system's own fonts: no font is fetched."""
    return gr.themes.Base(primary_hue="teal", secondary_hue="teal", neutral_hue="stone", font=_SANS, font_mono=_MONO).set(
        body_background_fill="#fbfaf8",
        body_background_fill_dark="#161412",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1e1b19",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1e1b19",
        body_text_color="#292524",
        body_text_color_dark="#e7e5e4",
        body_text_color_subdued="#6b645f",
        body_text_color_subdued_dark="#a8a29e",
        border_color_primary="#e4e0db",
        border_color_primary_dark="#3a3532",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1e1b19",
        block_border_width="0px",
        block_shadow="none",
        block_shadow_dark="none",
    )

"""Each hostile text as a user may have written it, through the escape and through plain text."""

from __future__ import annotations

import streamlit as st

from komet_import.ui.markdown import escape_markdown

TEXTS = [
    "a_b*c*[x](y)<b>$a$ $b$ `code` ~~s~~ ==h== ^e^ | # h",
    "# heading",
    "1. one",
    "- one",
    "> quote",
    "    indented",
    "__init__.py, $1,000 and $2,000.xlsx",
    "ana@sunrise.example",
    "see www.example.com, http://x.example/ or https://y.example",
    "mailto:a@b.example xmpp:a@b.example ftp://x.example/",
    "![i](https://e.example/x.png) [^1] [x]: y",
    ":smile: :material/home: :red[x] :red-badge[x] :streamlit: :+1:",
    "a -> b <- c <-> d -- e >= f <= g ~= h != i",
    "&amp; &#58; <!-- c --> <script>alert(1)</script>",
    "back\\slash \\: \\\\",
    "two\n\nlines",
]

for text in TEXTS:
    st.markdown(escape_markdown(text))
    st.button(escape_markdown(text), key=text)

"""One module per family of formats; `index.documents.CONVERTERS` says which ending goes where."""

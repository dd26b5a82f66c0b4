"""What a visit holds besides its controls, kept over page switches and reloads: texts, files, what was chosen for them.

On one's own machine it is kept on disk, under an id that stands in the address
(`keeping.visit_id`). A hosted app keeps nothing of a visitor on its disk: texts and
choices stand in the storage of the visitor's own browser while the tab is open, and
files are asked for again, by their name and the SHA-256 of their content. Kept are the
texts of the table in `texts`, the files in `files` and the choices in `choices`.
Results are not kept here: they come back from what they were made of. Of two tabs with
one id, the one that changed something last is kept.

A page says `keeping.begin()` before it reads its link and `keeping.keep()` after it.
"""

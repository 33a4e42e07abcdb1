"""Questions of forms: pure Python and Django form fields, no models, no queries.

Where to find what:

structure   the frozen form: `Structure.from_json(raw)` with `.by_id`, `.chapter(id)`,
            `.questions()`, `.annexes`, `.sha256`; `canonical`, `digest`, `sensitive_ids`, `split_sensitive`
words       the words of one language: `Words.from_json(raw, locale)` with `.label(id)`, `.title(id)`
issues      what an editor must put right: `structure_issues(raw)`; words_issues: `words_issues(structure, raw,
            locale)`; mistakes: each is an `Issue(kind, block_id, params)` with its `.message`
conditions  `asked(structure, answers)`; `asked_answers`: what is sent; `client_rules`: for scripts
registry    `question(spec)`: a `base.Question` with the behaviour of its type
forms       `chapter_form_class(structure, words, chapter_id, complete=...)`, cached; its forms have
            `entries()` for templates, `result`, `is_valid()`, `answer_errors()`, `wants_row()`
rows        tables as formsets
answers     `check_answers`: what stands before sending; `answers_from_json`, `json_schema`,
            `summary`, `parse_draft`
merge       `merge(base, mine, theirs)`: two tabs on one draft
rebase      `rebase(old, new, answers)`: a draft carried over to another version

HTML names: the id of the question; parts of an address "<id>__street"; cells of a table
"<id>-<row>-<column id>". Ids of elements are Django's ("id_" + name). A question that is not on the
page keeps its saved answer.
"""

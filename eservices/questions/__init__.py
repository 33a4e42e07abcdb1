"""Questions of forms: pure Python and Django form fields, no models, no queries.

Public API, by module:

structure   Structure.from_json(raw) -> Structure(sha256, chapters); .by_id, .chapter(id),
            .questions(), .chapter_of;
            canonical(value), digest(value), sensitive_ids(structure), split_sensitive(structure,
            answers) -> (open, sealed)
words       Words.from_json(raw, locale): .title(id) .label(id) .help(id) .unit(id) .text(id)
            .of(id, kind)
issues      structure_issues(raw) and words_issues(structure, raw, locale) -> list[Issue(kind,
            block_id, params)]; .message
conditions  asked(structure, answers) -> ids; asked_answers(structure, answers) -> what is sent;
            client_rules(structure, chapter_id, answers) -> JSON for eg-conditions
registry    question(spec) -> Question with the behaviour of its type (see base.Question)
forms       chapter_form_class(structure, words, chapter_id, complete=bool) -> ChapterForm class
            (cached);
            form = cls(request.POST or None, answers=..., unfinished=..., locked=..., annexes=...,
            extra_rows=...);
            form.entries() for templates, form.result (ChapterResult: answers, unfinished,
            applied_to), form.is_valid(),
            form.answer_errors(), form.wants_row()
answers     check_answers(structure, words, answers, unfinished=, annexes=) ->
            [AnswerError(question, row, column, code,
            message, pointer, field)]; answers_from_json(structure, raw) -> (answers, errors);
            parse_draft(form);
            json_schema(structure, words); summary(structure, words, answers, masked=, annexes=)
merge       merge(base, mine, theirs) -> Merge(merged, clashes)
rebase      rebase(old, new, answers, old_words=, new_words=) -> Rebase(answers, set_aside, changes)

HTML names: question id; parts of an address "<id>__street"; cells of a table "<id>-<row>-<column
id>". Ids of elements are
Django's ("id_" + name). A question that is not on the page (nothing posted) keeps its saved answer.
"""

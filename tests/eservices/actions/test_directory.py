"""Taking over extracts of the register of enterprises.

The lines are made by hand after the cookbook of the FPS Economy (see eservices.kbo); no real download was at hand.
"""

import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from eservices.actions.directory import import_extract
from eservices.directory import find_enterprise
from eservices.enums import ProfileKind
from eservices.kbo import COLUMNS, ExtractRefused, entity_number
from eservices.models import DirectoryEntry

pytestmark = pytest.mark.django_db

COMPANY, CLUB, PERSON = "0403019261", "0409536968", "0765432146"


def table(name, *lines):
    return "\n".join([",".join(COLUMNS[name]), *lines]) + "\n"


def deletions(name, *numbers):
    return "\n".join([COLUMNS[name][0], *(f'"{number}"' for number in numbers)]) + "\n"


def dotted(number):
    return f"{number[:4]}.{number[4:7]}.{number[7:]}"


def enterprise(number, *, kind="2", form="014", form_now="", status="AC"):
    return f'"{dotted(number)}","{status}","{kind}","{form}","{form_now}"'


def name(number, language, words, kind="001"):
    return f'"{dotted(number)}","{language}","{kind}","{words}"'


def address(number, kind="REGO", struck=""):
    return (
        f'"{dotted(number)}","{kind}",,,"4000","Luik","Liège","Nieuwstraat","Rue Neuve","12","B",'
        f"{struck}"
    )


FULL = {
    "meta.csv": '"Variable","Value"\n"SnapshotDate","02-10-2026"\n"ExtractType","full"\n',
    "enterprise.csv": table(
        "enterprise",
        enterprise(CLUB, form="017"),
        enterprise(COMPANY),
        enterprise(PERSON, kind="1", form=""),
    ),
    # In no order: languages, kinds of names and an establishment are mixed.
    "denomination.csv": table(
        "denomination",
        name(COMPANY, "1", "Verrerie du Pont", "003"),
        name(CLUB, "2", "Voetbalclub De Brug"),
        name(COMPANY, "1", "Cristallerie, SA"),
        name(CLUB, "1", "Club de football Le Pont"),
        name(PERSON, "0", "Renard Amélie"),
        '"2.123.456.789","1","003","Magasin"',
    ),
    "address.csv": table(
        "address",
        address(COMPANY, kind="BAET"),
        address(COMPANY),
        address(CLUB, struck='"01-01-2020"'),
        address(PERSON),
    ),
}

UPDATE = {
    "meta.csv": '"Variable","Value"\n"SnapshotDate","06-11-2026"\n"ExtractType","update"\n',
    "enterprise_delete.csv": deletions("enterprise", dotted(PERSON)),
    "enterprise_insert.csv": table("enterprise"),
    "denomination_delete.csv": deletions("denomination", dotted(CLUB)),
    "denomination_insert.csv": table("denomination", name(CLUB, "1", "Football Le Pont")),
    "address_delete.csv": deletions("address", dotted(COMPANY)),
    "address_insert.csv": table("address"),
}


@pytest.fixture
def extract(tmp_path):
    def write(files, where="extract"):
        folder = tmp_path / where
        folder.mkdir()
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8")
        return folder

    return write


def rows():
    return list(DirectoryEntry.objects.order_by("number").values())


def test_full_extract_is_found_by_number(extract):
    result = import_extract(source=extract(FULL))

    company, club, person = (find_enterprise(number) for number in (COMPANY, CLUB, PERSON))
    assert (result.written, result.stopped, result.problems) == (3, 0, [])
    assert (company.kind, company.names) == (ProfileKind.ENTERPRISE, {"fr": "Cristallerie, SA"})
    assert company.address == {
        "street": "Rue Neuve", "number": "12", "box": "B", "postcode": "4000", "locality": "Liège",
    }  # fmt: skip
    assert club.kind == ProfileKind.ASSOCIATION
    assert (club.name_in("nl"), club.name_in("de")) == (
        "Voetbalclub De Brug",
        "Club de football Le Pont",
    )
    assert club.address == {}
    assert person.is_natural_person
    assert person.address == {}
    assert person.name_in("fr") == "Renard Amélie"
    assert find_enterprise("0123456749") is None


def test_legal_form_of_the_new_code_wins_over_the_old(extract):
    files = FULL | {"enterprise.csv": table("enterprise", enterprise(CLUB, form_now="017"))}

    import_extract(source=extract(files))

    assert find_enterprise(CLUB).kind == ProfileKind.ASSOCIATION


def test_second_import_changes_nothing(extract):
    folder = extract(FULL)
    import_extract(source=folder)
    before = rows()

    again = import_extract(source=folder)

    assert rows() == before
    assert (again.written, again.stopped) == (3, 0)


def test_zip_and_folder_give_the_same(extract, tmp_path):
    import_extract(source=extract(FULL))
    before = [{**row, "id": 0} for row in rows()]
    DirectoryEntry.objects.all().delete()
    packed = tmp_path / "KboOpenData_0150_2026_10_Full.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in FULL.items():
            archive.writestr(path, text)

    import_extract(source=packed)

    assert [{**row, "id": 0} for row in rows()] == before


def test_next_full_extract_marks_those_that_stopped(extract):
    import_extract(source=extract(FULL))
    later = {
        "meta.csv": FULL["meta.csv"].replace("02-10", "06-11"),
        "enterprise.csv": table("enterprise", enterprise(COMPANY), enterprise(PERSON, kind="1")),
    }

    result = import_extract(source=extract(FULL | later, "later"))

    assert (result.written, result.stopped) == (2, 1)
    club = find_enterprise(CLUB)
    assert (club.is_active, club.name_in("fr")) == (False, "Club de football Le Pont")


def test_update_deletes_then_inserts(extract):
    import_extract(source=extract(FULL))
    update = extract(UPDATE, "update")

    first = import_extract(source=update)
    after = rows()
    second = import_extract(source=update)

    assert (first.is_full, first.written, first.stopped) == (False, 3, 1)
    assert find_enterprise(CLUB).names == {"fr": "Football Le Pont"}
    assert find_enterprise(COMPANY).address == {}
    assert find_enterprise(COMPANY).name_in("fr") == "Cristallerie, SA"
    assert not find_enterprise(PERSON).is_active
    assert (rows(), second.stopped) == (after, 0)


def test_update_brings_new_entities(extract):
    files = UPDATE | {
        "enterprise_insert.csv": table("enterprise", enterprise(COMPANY)),
        "denomination_insert.csv": table("denomination", name(COMPANY, "1", "Neuve SA")),
    }

    import_extract(source=extract(files))

    assert [row["number"] for row in rows()] == [COMPANY]
    assert find_enterprise(COMPANY).name_in("fr") == "Neuve SA"


def test_older_extract_is_refused_unless_asked_for(extract):
    import_extract(source=extract(FULL))
    older = extract(FULL | {"meta.csv": FULL["meta.csv"].replace("2026", "2025")}, "older")

    with pytest.raises(ExtractRefused):
        import_extract(source=older)
    assert DirectoryEntry.objects.first().snapshot_on == date(2026, 10, 2)

    import_extract(source=older, allow_older=True)
    assert DirectoryEntry.objects.first().snapshot_on == date(2025, 10, 2)


def test_wrong_lines_are_left_out_and_named(extract, capsys):
    wrong = ['"0403.019.262","AC","2","014",""', '"a","b"', enterprise(COMPANY)]
    folder = extract(FULL | {"enterprise.csv": table("enterprise", *wrong)})

    call_command("import_kbo", folder)

    seen = capsys.readouterr()
    assert "enterprise.csv line 2" in seen.err
    assert "enterprise.csv line 3" in seen.err
    assert "1 entries written, 0 marked as stopped, 2 lines left out." in seen.out
    assert find_enterprise(COMPANY) is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"meta.csv": "Variable,Value\n"}, "meta.csv"),
        ({"address.csv": "EntityNumber\n"}, "address.csv: column"),
        ({"denomination.csv": table("denomination", '"0403.019.261","1","001","open')}, "line 2"),
        ({"enterprise.csv": table("enterprise", *['"x"'] * 101)}, "Too many lines"),
    ],
)
def test_broken_extract_changes_nothing(extract, change, words):
    import_extract(source=extract(FULL))
    before = rows()

    with pytest.raises(CommandError, match=words):
        call_command("import_kbo", extract(FULL | change, "broken"))

    assert rows() == before


def test_missing_file_and_torn_zip_are_refused(extract, tmp_path):
    files = dict(FULL)
    del files["address.csv"]
    torn = tmp_path / "torn.zip"
    torn.write_bytes(b"PK\x03\x04 and no more")

    with pytest.raises(ExtractRefused, match=r"address\.csv is missing"):
        import_extract(source=extract(files))
    with pytest.raises(ExtractRefused, match=r"torn\.zip cannot be opened"):
        import_extract(source=torn)
    assert rows() == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0403.019.261", COMPANY),
        ("1000.000.120", "1000000120"),
        ("2.123.456.789", ""),
        ("0403.019.262", None),
        ("0403.019.26", None),
        ("٠403.019.261", None),
    ],
)
def test_numbers_of_the_files(text, number):
    assert entity_number(text) == number

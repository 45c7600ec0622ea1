"""What the steps of the pipeline look for in the form by name: these sheets and columns may be retitled, but not taken out."""

from pipeline.form import Form

# sheet key -> keys of its columns
NEEDED: dict[str, str] = {
    "unit_info": "unit period filled_on head leader liaison no_items request experience",
    "declarations": "check question good declared explanation problem",
    "items": "name code item_type department basis forwarded negative negative_no in_hall window reason accept_at review_at"
    " decide_at deliver_at system case_type legal_days promised_days hall_cases online_cases outside_cases declared_mode"
    " online_stages",
    "stages": "item name special person basis",
    "authorisations": "holder signed valid_to scope listed decides",
    "departments": "name approves approval_no in_hall",
    "staff": "name department post in_hall",
    "systems": "name level connected refusal_no",
    "tasks": "department person due state",
    "problems": "problem check item measure person due state",
    "one_card": "item replaceable spared e_licence e_seal e_signature e_material done",
    "catalogue": "unit name code item_type basis case_type legal_days promised_days online_stages negative_no",
}


def lacking_columns(form: Form) -> list[str]:
    """What the form lacks that the program cannot do without, one line each, in Chinese."""
    gone = [sheet for sheet in NEEDED if sheet not in form.by_key]
    lines = [f"缺少 key 为 {sheet} 的工作表，程序要用；表名（title）可以改，key 请不要改" for sheet in gone]
    return lines + [
        f"“{form.by_key[sheet].title}”缺少 key 为 {key} 的栏，程序要用；栏名（title）可以改，key 请不要改"
        for sheet, keys in NEEDED.items()
        if sheet not in gone
        for key in keys.split()
        if key not in form.by_key[sheet].by_key
    ]

"""应进必进: from the forms in inputs/ to the workbook, the briefing and the register in outputs/. One screen, in the order of events."""

import sys

from pipeline.cli import Options, Progress, parse_options
from pipeline.garbage import collect_rarely
from pipeline.stop import Stop


def main(arguments: list[str]) -> int:
    """The exit code: 0 complete, 1 a fault of the program, 2 arguments or rules to mend, 3 nothing to process."""
    try:
        options = parse_options(arguments)
        return COMMANDS[options.command](options)
    except Stop as stop:
        print(stop.text, file=sys.stderr if stop.code else sys.stdout)
        return stop.code


def process_inputs(options: Options) -> int:
    """Read inputs/, write outputs/第N期/ and say what needs a person."""
    from pipeline.workers import Workers

    with Progress() as progress, Workers(options.limits, "pipeline.district") as workers:
        # Imported while the workers start, which import the same.
        from pipeline.district import read_district
        from pipeline.outputs import LIBRARIES, render_outputs
        from pipeline.publish import finish_cut_runs, notices, preview, publish
        from pipeline.report import report_files, report_run
        from pipeline.rules import load_rules

        workers.import_when_idle(*LIBRARIES)
        rules = load_rules(options.rules)
        district = read_district(options.inputs, rules, options.period, workers, progress)
        rendered = render_outputs(district.result, district.sources, options.template, workers, progress)
    folder = options.outputs / f"第{district.result.period.number}期"
    recovered = () if options.dry_run else notices(finish_cut_runs(options.outputs))
    published = (preview if options.dry_run else publish)(folder, rendered.files)
    faults = (*district.faults, *rendered.faults)
    report_run(district, folder, (*recovered, *notices(published)), faults)
    if options.dry_run:
        from pipeline.dry_run import list_changes, report_changes

        report_changes(folder, list_changes(folder, district.result, published))
    else:
        report_files(folder, published)
    return 1 if faults else 0


def make_templates(options: Options) -> int:
    """Write the forms of the next period to outputs/第N期/下发/, one a unit, prefilled."""
    from pipeline.publish import notices, preview, publish
    from pipeline.report import write_log
    from pipeline.rules import load_rules
    from pipeline.sendout import prepare_forms, report_sendout
    from pipeline.workers import Workers

    rules = load_rules(options.rules)
    with Progress() as progress, Workers(options.limits) as workers:
        sendout = prepare_forms(options.inputs, rules, options.period, workers, progress)
    folder = options.outputs / f"第{sendout.period.number}期" / "下发"
    published = (preview if options.dry_run else publish)(folder, sendout.files)
    report_sendout(sendout, folder, notices(published), options.dry_run)
    if sendout.faults:
        print(f"程序出错{len(sendout.faults)}处，详见 {write_log(folder.parent.parent, sendout.faults)}")
    return 1 if sendout.faults else 0


def check_forms(options: Options) -> int:
    """Say of each file what the office would find in it; nothing is written."""
    from pipeline.check import check_files, report_checks
    from pipeline.rules import load_rules
    from pipeline.workers import Workers

    rules = load_rules(options.rules)
    with Progress() as progress, Workers(options.limits) as workers:
        checked = check_files(options.files, options.inputs, rules, workers, progress)
    report_checks(checked)
    return 0


def make_demo(options: Options) -> int:
    """Make the demo district in outputs/示例/inputs/ and run the main job on it, period by period; 第1期 is printed before 第2期."""
    from pipeline.demo.mailbox import write_demo, write_late
    from pipeline.rules import load_rules
    from pipeline.workers import Workers

    folder = options.outputs / "示例"
    rules, inputs = load_rules(options.rules), folder / "inputs"
    with Progress() as progress, Workers(options.limits, "pipeline.demo.mailbox") as workers:
        write_demo(inputs, rules, workers, progress)
    codes = [process_inputs(options.of(inputs=inputs, outputs=folder, period=1))]
    write_late(inputs, (folder / "第1期" / "汇总表（第1期）.xlsx").read_bytes(), rules)
    codes += [process_inputs(options.of(inputs=inputs, outputs=folder, period=number)) for number in (2, 3)]
    return max(codes)


COMMANDS = {"process": process_inputs, "templates": make_templates, "check": check_forms, "demo": make_demo}

if __name__ == "__main__":
    collect_rarely()
    sys.exit(main(sys.argv[1:]))

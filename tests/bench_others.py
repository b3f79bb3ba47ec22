"""What others take for the same rows: a bare openpyxl pass; Great Expectations on pandas and `to_sql`; frictionless.

Great Expectations gives complete results of a suite with an expectation for each column's type and range; frictionless
a schema with the same constraints (it is brought by `make bench-intake OTHERS=1` alone, outside of .venv).
"""

import io
import json
import subprocess
import tempfile
import time
from pathlib import Path

from openpyxl import load_workbook

from ievq_pipeline.adapters import embedded_postgres
from tests.bench_files import QUARTER, cities, write_csv

ROWS = 100_000
#: where the Makefile puts it
FRICTIONLESS = Path(".uv/bench/bin/python")
SCHEMA = {
    "fields": [
        {"name": "企业代码", "type": "string", "constraints": {"required": True, "pattern": "[0-9A-Z]{18}"}},
        {"name": "季度", "type": "string", "constraints": {"required": True, "enum": [str(QUARTER)]}},
        {"name": "地区代码", "type": "string", "constraints": {"pattern": "[0-9]{6}"}},
        {"name": "行业代码", "type": "string", "constraints": {"pattern": "[0-9]{2}"}},
        {"name": "职业代码", "type": "string"},
        {"name": "技能名称", "type": "string", "constraints": {"required": True}},
        {"name": "需求人数", "type": "integer", "constraints": {"required": True, "minimum": 0, "maximum": 100_000}},
        {"name": "求职人数", "type": "integer", "constraints": {"minimum": 0}},
        {"name": "岗位编号", "type": "string"},
        {"name": "技能层级", "type": "string", "constraints": {"enum": ["1", "2", "第3层"]}},
        {"name": "是否必备", "type": "string", "constraints": {"enum": ["是", "否"]}},
        {"name": "自用备注", "type": "string"},
    ]
}
RUN = """
import json, sys, time
from frictionless import Checklist, Resource, Schema, system
system.trusted = True
began = time.perf_counter()
report = Resource(sys.argv[1], schema=Schema.from_descriptor(json.loads(sys.argv[2]))).validate(
    Checklist(), limit_errors=1_000_000)
print(json.dumps([time.perf_counter() - began, report.stats["errors"]]))
"""


def openpyxl_pass(file: Path) -> float:
    """Processor seconds of reading every cell, read-only."""
    began = time.process_time()
    book = load_workbook(io.BytesIO(file.read_bytes()), read_only=True, data_only=True)
    for row in book.worksheets[0].iter_rows(values_only=True):
        for _ in row:
            pass
    return time.process_time() - began


def pandas_and_suite(file: Path, directory: Path) -> tuple[float, float]:
    """Seconds of a suite with complete results on a pandas frame, and of writing the frame by `to_sql`."""
    import great_expectations as gx
    import pandas as pd
    import sqlalchemy as sa

    with embedded_postgres.lease(directory / "postgres") as cluster:
        engine = sa.create_engine(cluster.url("ievq", "ievq"))
        began = time.perf_counter()
        frame = pd.read_csv(io.BytesIO(file.read_bytes()), dtype=str, keep_default_na=False)
        context = gx.get_context(mode="ephemeral")
        source = (
            context.data_sources.add_pandas("bench")
            .add_dataframe_asset("bench")
            .add_batch_definition_whole_dataframe("all")
        )
        suite = context.suites.add(gx.ExpectationSuite("bench"))
        every = gx.expectations
        for expectation in (
            every.ExpectColumnValuesToMatchRegex(column="企业代码", regex="^[0-9A-Z]{18}$"),
            every.ExpectColumnValuesToBeInSet(column="季度", value_set=[str(QUARTER)]),
            every.ExpectColumnValuesToBeInSet(column="地区代码", value_set=["", *cities()]),
            every.ExpectColumnValuesToMatchRegex(column="行业代码", regex="^([0-9]{2})?$"),
            every.ExpectColumnValuesToMatchRegex(column="技能名称", regex="^.+$"),
            every.ExpectColumnValuesToMatchRegex(column="需求人数", regex="^[0-9]{1,6}$"),
            every.ExpectColumnValuesToMatchRegex(column="求职人数", regex="^[0-9]*$"),
            every.ExpectColumnValuesToBeInSet(column="技能层级", value_set=["", "1", "2", "第3层"]),
            every.ExpectColumnValuesToBeInSet(column="是否必备", value_set=["", "是", "否"]),
            every.ExpectCompoundColumnsToBeUnique(column_list=[*frame.columns[:6], *frame.columns[8:11]]),
        ):
            suite.add_expectation(expectation)
        definition = context.validation_definitions.add(gx.ValidationDefinition(name="bench", data=source, suite=suite))
        definition.run(batch_parameters={"dataframe": frame}, result_format="COMPLETE")
        checked = time.perf_counter() - began
        began = time.perf_counter()
        frame.to_sql("bench_frame", engine, index=False, method="multi", chunksize=1_000)
        written = time.perf_counter() - began
        engine.dispose()
    return checked, written


def frictionless(file: Path) -> tuple[float, int] | None:
    """Seconds and the number of errors; None where it was not brought."""
    if not FRICTIONLESS.exists():
        return None
    command = [str(FRICTIONLESS), "-c", RUN, str(file), json.dumps(SCHEMA)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, errors = json.loads(done.stdout.splitlines()[-1])
    return seconds, errors


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ievq-bench-") as name:
        directory = Path(name)
        file = directory / "file.csv"
        write_csv(file, ROWS, 4, "utf-8")
        try:
            checked, written = pandas_and_suite(file, directory)
        finally:
            embedded_postgres.remove(directory / "postgres")
        print(f"{ROWS:,} rows by others: Great Expectations on pandas {checked:.1f} s, to_sql {written:.1f} s")
        told = frictionless(file)
        print("  frictionless: not brought" if told is None else f"  frictionless {told[0]:.1f} s, {told[1]:,} errors")


if __name__ == "__main__":
    main()

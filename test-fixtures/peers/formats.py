"""Small tables in Stata's formats by pandas (114, 117, 118, 119, both byte orders), and what pandas reads back of extended missing values.
   python3 test-fixtures/peers/formats.py   (pandas 1.5.3)"""
import json, os, struct
import numpy as np, pandas as pd
out = os.path.join(os.path.dirname(__file__), "../data/formats")
table = pd.DataFrame({
    "unit": ["Österreich", "Österreich", "Chile", "Chile", "Laos", "Laos"],
    "year": np.array([2008, 2009, 2008, 2009, 2008, 2009], dtype=np.int16),
    "count": np.array([0, 3, 100, -100, 7, 1], dtype=np.int8),
    "big": np.array([2147483620, -2147483647, 0, 1, 2, 3], dtype=np.int32),
    "single": np.array([0.1, -1.5, 1e30, 3.0, np.nan, 2.25], dtype=np.float32),
    "dbl": np.array([0.1, 1 / 3, 1e300, -2.5, np.nan, 1e-300]),
    "word": ["a", "", "naïve", "d", "e f", "g"],
})
labels = {"unit": "Land", "count": "Patents of the year"}
values = {"year": {2008: "before", 2009: "after"}}
for version, order in [(114, None), (117, None), (118, None), (119, None), (118, ">")]:
    name = f"pandas-{version}{'-big' if order else ''}.dta"
    t = table
    t.to_stata(os.path.join(out, name), version=version, write_index=False, variable_labels=labels, value_labels=values, byteorder=order)
long = pd.DataFrame({"id": [1, 2, 3], "text": ["x" * 3000, "", "y" * 5 + "ß"]})
long.to_stata(os.path.join(out, "pandas-118-long.dta"), version=118, write_index=False, convert_strl=["text"])
long.assign(text=["x" * 3000, "", "y" * 5]).to_stata(os.path.join(out, "pandas-117-long.dta"), version=117, write_index=False, convert_strl=["text"])
# Extended missing values: pandas writes none, so the bytes are put in by Stata's manual and read back by pandas.
m = pd.DataFrame({"b": np.zeros(4, np.int8), "i": np.zeros(4, np.int16), "l": np.zeros(4, np.int32), "f": np.zeros(4, np.float32), "d": np.zeros(4)})
path = os.path.join(out, "extended-118.dta")
m.to_stata(path, version=118, write_index=False)
raw = bytearray(open(path, "rb").read())
at = raw.index(b"<data>") + 6
rows = [(101, 32741, 2147483621, 0x7F000000, 0x7FE0000000000000), (102, 32742, 2147483622, 0x7F000800, 0x7FE0010000000000),
        (127, 32767, 2147483647, 0x7F00D000, 0x7FE01A0000000000), (100, 32740, 2147483620, 0x7EFFFFFF, 0x7FDFFFFFFFFFFFFF)]
for r in rows:
    raw[at:at + 19] = struct.pack("<bhiIQ", *r)
    at += 19
open(path, "wb").write(raw)
back = pd.read_stata(path, convert_missing=True)
clean = lambda v: None if isinstance(v, float) and np.isnan(v) else (v.item() if hasattr(v, "item") else v)
json.dump({
    "pandas": pd.__version__,
    "table": {c: [clean(v) for v in (table[c].astype(float) if table[c].dtype.kind == "f" else table[c])] for c in table},
    "labels": labels, "values": {k: {str(a): b for a, b in v.items()} for k, v in values.items()},
    "extended": [[str(v) if not isinstance(v, (int, float, np.number)) else float(v) for v in row] for row in back.values.tolist()],
}, open(os.path.join(out, "formats.json"), "w"), ensure_ascii=False, indent=1)

# SPDX-License-Identifier: Apache-2.0
# The chainladder command: published triangles, the ways a triangle can be written, and what it says to broken ones.
. "$JALKI_SOURCE/tests/support/shell.sh"

# RAA, automatic facultative general liability, Historical Loss Development 1991; Mack (1994) gives its reserve 52,135
# with a standard error of 26,909. Written here as cumulative amounts by calendar year, by age, and incremental.
python3 - <<'EOF'
rows = {1981: [5012, 8269, 10907, 11805, 13539, 16181, 18009, 18608, 18662, 18834],
        1982: [106, 4285, 5396, 10666, 13782, 15599, 15496, 16169, 16704],
        1983: [3410, 8992, 13873, 16141, 18735, 22214, 22863, 23466],
        1984: [5655, 11555, 15766, 21266, 23425, 26083, 27067],
        1985: [1092, 9565, 15836, 22169, 25955, 26180],
        1986: [1513, 6445, 11702, 12935, 15852],
        1987: [557, 4020, 10946, 12314],
        1988: [1351, 6947, 13112],
        1989: [3133, 5395],
        1990: [2063]}
def write(name, head, cell):
    with open(name, "w") as out:
        out.write(head + "\n")
        for origin, amounts in reversed(rows.items()):
            for k, amount in enumerate(amounts):
                out.write(cell(origin, k, amount, amount - (amounts[k - 1] if k else 0)) + "\n")
write("calendar.csv", "development,origin,values", lambda o, k, c, i: f"{o + k},{o},{c}.0")
write("age.csv", "origin;development;value", lambda o, k, c, i: f"{o};{12 * (k + 1)};{c}")
write("incremental.csv", "origin,value,development", lambda o, k, c, i: f'"{o}",{i},{o + k}-12-31')
write("numbered.csv", "origin,development,value", lambda o, k, c, i: f"{o - 1980},{o + k - 1980},{c}")
write("other.csv", "vintage,at,cash,book", lambda o, k, c, i: f"{o}Q1,{o + k}-01,{c},A\n{o}Q1,{o + k}-01,7,B")
with open("spread.csv", "w") as out:     # the same origins by name, amounts of later periods left empty
    out.write("origin,development,value\n")
    for origin, amounts in rows.items():
        for k in range(10):
            out.write(f"year {origin},{k},{amounts[k] if k < len(amounts) else ''}\n")
EOF
J=$JALKI_PROGRAM
"$J" chainladder calendar.csv --json calendar.json > table.txt
grep -q "all  *160,987  *213,122  *52,135  *26,909" table.txt || fail "RAA in the table"
"$J" chainladder age.csv --json age.json --quiet > /dev/null
"$J" chainladder incremental.csv --incremental --json incremental.json > /dev/null
"$J" chainladder numbered.csv --json numbered.json > /dev/null
"$J" chainladder spread.csv --json - > spread.json
"$J" chainladder other.csv --origin vintage --development at --value cash --where book=A --format json > other.json
gzip -k age.csv
"$J" chainladder age.csv.gz --format csv > age.out
python3 - <<'EOF' || fail "figures"
import csv, json
first = json.load(open("calendar.json"))
assert round(first["reserve"]) == 52135 and round(first["mack_std_error"]) == 26909, first
assert first["latest"] == 160987 and abs(first["ultimate"] - 213122.23) < 0.01
assert [o["origin"] for o in first["origins"]] == [str(y) for y in range(1981, 1991)]
assert len(first["factor"]) == 9 and abs(first["factor"][0] - 2.999359) < 1e-6 and len(first["sigma"]) == 9
assert first["origins"][0]["std_error"] == 0 and first["origins"][9]["ages"] == 1
for other in ("age", "incremental", "numbered", "spread", "other"):
    figures = json.load(open(other + ".json"))
    for key in ("reserve", "ultimate", "mack_std_error", "factor", "sigma"):
        assert figures[key] == first[key], (other, key)
assert json.load(open("age.json"))["age"] == [12.0 * k for k in range(1, 11)]
assert first["age"] == [float(k) for k in range(1, 11)]
rows = list(csv.DictReader(open("age.out")))
assert rows[-1]["origin"] == "all" and float(rows[-1]["reserve"]) == first["reserve"] and len(rows) == 11
EOF

# A table made by grouping payments has no row where nothing was collected: of the present, of a period before, of the first. It counts as 0
# and is told; RAA with 1985's last year at 0 gives 51,909 (by hand: 28,678 less 25,955 for 1985). Cumulative amounts are never guessed.
python3 - <<'EOF'
import csv
rows = [r for r in csv.DictReader(open("incremental.csv"))]
for name, gone in (("latest", ("1985", "1990-12-31")), ("middle", ("1983", "1986-12-31")), ("first", ("1990", "1990-12-31"))):
    kept = [dict(r) for r in rows]
    for r in kept:
        if (r["origin"], r["development"]) == gone:
            r["value"] = "0"
    if name == "first":
        kept.append({"origin": "1990", "value": "0", "development": "1991-12-31"})
        kept += [{"origin": str(o), "value": "10", "development": "1991-12-31"} for o in range(1982, 1990)]
    for suffix, part in (("full", kept), ("gap", [r for r in kept if r["value"] != "0"])):
        with open(f"{name}-{suffix}.csv", "w", newline="") as out:
            writer = csv.DictWriter(out, ["origin", "value", "development"])
            writer.writeheader()
            writer.writerows(part)
EOF
for name in latest middle; do
    "$J" chainladder $name-full.csv --incremental --json full.json --quiet > /dev/null
    "$J" chainladder $name-gap.csv --incremental --json gap.json > table.txt
    grep -q "1 cell up to the latest calendar period had no row and counts as 0" table.txt || fail "$name: a cell put in without a word"
    python3 -c "
import json
full, gap = json.load(open('full.json')), json.load(open('gap.json'))
del full['manifest'], gap['manifest']  # they say which files were read
assert len(gap.pop('messages')) == 1 and full.pop('messages') == [] and full == gap
assert '$name' != 'latest' or round(gap['reserve']) == 51909, gap['reserve']" || fail "$name: an absent row"
done
python3 - <<'EOF'
import csv
rows = [r for r in csv.DictReader(open("calendar.csv")) if (r["origin"], r["development"]) != ("1985", "1990")]
with open("cumulative-gap.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
EOF

# Labels as databases write them: YYYYMM, YYYYMMDD, moments, half-years.
python3 - <<'EOF'
forms = {"compact": lambda y: f"{y}01", "day": lambda y: f"{y}0131", "moment": lambda y: f"{y}-01-01 00:00:00", "iso": lambda y: f"{y}-01-31T23:59:59.000Z",
         "half": lambda y: f"{y}H1", "dashed": lambda y: f"{y}-H2"}
import csv
for name, form in forms.items():
    with open(f"form-{name}.csv", "w") as out:
        out.write("origin,development,value\n")
        for row in csv.DictReader(open("calendar.csv")):
            out.write(f"{form(row['origin'])},{form(row['development'])},{row['values']}\n")
# Yearly vintages seen at the ends of years, the last time at half-year.
with open("half-diagonal.csv", "w") as out:
    out.write("origin,development,value\n")
    for origin in range(2018, 2023):
        for year in range(origin, 2023):
            out.write(f"{origin},{year}-12-31,{100 + 10 * (year - origin)}\n")
        out.write(f"{origin},2023-06-30,{200}\n")
EOF
for form in compact day moment iso half dashed; do
    "$J" chainladder form-$form.csv --json form.json --quiet > /dev/null
    grep -q '"reserve": 52135' form.json || fail "labels: $form"
done

# Factors of the latest three origins, without one step, with a tail: by the formulas.
"$J" chainladder age.csv --last 3 --exclude 1987:24 --tail 1.05 --json chosen.json --quiet > /dev/null
python3 - <<'EOF' || fail "chosen factors"
import csv, json
rows = {}
for row in csv.DictReader(open("age.csv"), delimiter=";"):
    rows.setdefault(int(row["origin"]), []).append(float(row["value"]))
found = json.load(open("chosen.json"))
factors = []
for k in range(9):
    pairs = [(o, c[k], c[k + 1]) for o, c in sorted(rows.items()) if len(c) > k + 1][-3:]
    pairs = [p for p in pairs if (p[0], 12 * (k + 1)) != (1987, 24)]
    factors.append(sum(p[2] for p in pairs) / sum(p[1] for p in pairs))
assert all(abs(a - b) < 1e-12 for a, b in zip(found["factor"], factors, strict=True)), (found["factor"], factors)
ultimate = 0.0
for cells in rows.values():
    last = cells[-1]
    for k in range(len(cells) - 1, 9):
        last *= factors[k]
    ultimate += 1.05 * last
assert abs(found["ultimate"] - ultimate) < 1e-6 and found["tail"] == 1.05 and "tail" in found["messages"][0], found["ultimate"]
EOF

# What no factor can carry on is told.
printf 'origin,development,value\n2001,1,100\n2001,2,150\n2002,1,0\n' > nothing.csv
"$J" chainladder nothing.csv --json nothing.json > table.txt
grep -q "origin 2002 stands at 0" table.txt && grep -q "origin 2002 stands at 0" nothing.json || fail "a youngest vintage at 0 without a word"
printf 'origin,development,value\n2001,1,100\n2001,2,150\n2002,1,-5\n' > below.csv
"$J" chainladder below.csv > table.txt
grep -q "origin 2002 stands at -5" table.txt || fail "a youngest vintage below 0 without a word"

# Broken triangles: exit 1, the line, and what was expected.
expect() { # CODE PATTERN arguments
    local code=0 wanted=$1 pattern=$2; shift 2
    "$J" chainladder "$@" > out.txt 2> message || code=$?
    [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $*"
    grep -q -- "$pattern" message || fail "no '$pattern' in: $(cat message)"
    [ ! -e bad.json ] || fail "half a file is left"
}
try() { # PATTERN ROWS...
    local pattern=$1; shift
    { echo "origin,development,value"; printf '%s\n' "$@"; } > bad.csv
    expect 1 "$pattern" bad.csv --json bad.json
}
try "bad.csv:5: .*given in line 2 already" 2001,1,10 2001,2,20 2002,1,10 2001,1,11
try "bad.csv:3: .*no cell at age 2 before it" 2001,1,10 2001,3,20 2002,1,10 2002,2,15
try "bad.csv:2: .*no cell at age 1 before it" 2001,2002,10 2002,2002,5
try "bad.csv:4: value: 'ten' is not a number" 2001,1,10 2001,2,20 2002,1,ten
try "bad.csv:2: value: 'nan'" 2001,1,nan 2001,2,20 2002,1,10
try "bad.csv:3: value: '0x10'" 2001,1,10 2001,2,0x10 2002,1,10
try "1 origin and 2 ages; expected at least two" 2001,1,10 2001,2,20
try "2 origins and 1 age; expected at least two" 2001,1,10 2002,1,20
try "bad.csv:6: .*'2002' is observed for 3 ages, the earlier '2001' for 2 only" 2001,1,10 2001,2,20 2002,1,10 2002,2,20 2002,3,30
try "bad.csv:3: .*number of fields" 2001,1,10 2001,2 2002,1,10
try "bad.csv:3: development: calendar period '1999' is before its origin" 2001,2001,10 2001,1999,20 2002,2002,10
try "bad.csv:3: development: 'two' is no age" 2001,1,10 2001,two,20 2002,1,10
try "bad.csv:2: origin: empty" ,1,10 2001,2,20 2002,1,10
try "no factor from age 1 to age 2" 2001,1,0 2001,2,20 2002,1,10
try "no row with an amount" 2001,1, 2001,2,
try "bad.csv:2: .*quotes that do not close" '"2001"x,1,10' 2001,2,3
try "bad.csv:2: .*quotes that do not close" '"2001,1,10' 2001,2,3
try "no row with an amount"
expect 1 "cumulative-gap.csv:.*origin '1985' ends with development '1989', before the latest" cumulative-gap.csv --json bad.json
expect 1 "half-diagonal.csv:7: .*from '2022-12-31' to '2023-06-30' are 1 steps, between the others 2" half-diagonal.csv --json bad.json
printf 'origin,development,amount\n1,1,1\n' > bad.csv
expect 1 "no column 'value' or 'values'" bad.csv --json bad.json
printf 'origin,dvelopment,value\n1,1,1\n' > bad.csv
expect 1 "did you mean 'dvelopment'" bad.csv --json bad.json
printf 'origin,development,value,values\n1,1,1,1\n' > bad.csv
expect 1 "both 'value' and 'values'" bad.csv --json bad.json
printf 'origin,development,value\n\xff,1,1\n' > bad.csv
expect 1 "UTF-8" bad.csv --json bad.json
head -c 60 age.csv.gz > half.csv.gz
expect 1 "half.csv.gz" half.csv.gz --json bad.json
: > bad.csv
expect 1 "empty" bad.csv --json bad.json
python3 -c 'print("origin,development,value"); [print(f"1,{i},1") for i in range(1300)]; print("2,0,1")' > bad.csv
expect 1 "more than 1200 ages" bad.csv --json bad.json
expect 1 "none.csv" none.csv --json bad.json
cp age.csv keep.csv
expect 1 "would be replaced" keep.csv --json keep.csv
cmp -s age.csv keep.csv || fail "an input was replaced"
expect 1 "'1990:12' is no step of the triangle" age.csv --exclude 1990:12 --json bad.json
expect 1 "or all are left out" age.csv --exclude 1981:108 --json bad.json
expect 2 "a triangle is needed"
expect 2 "not COLUMN=TEXT" age.csv --where book
code=0; "$J" chainladder age.csv > /dev/full 2> message || code=$?
[ "$code" = 1 ] || fail "a full disk"
printf 'origin,development,value\n1,1,100\n1,2,150\n2,1,200\n' > two.csv    # one pair: no spread to see
"$J" chainladder two.csv --json two.json > table.txt
grep -q "No standard error" table.txt || fail "no word on the missing error"
grep -q '"mack_std_error": null' two.json || fail "null"

# Bornhuetter and Ferguson: a third of what origin 2 is to come to is open at a factor of 1.5, whatever has come in.
printf 'origin,ultimate\n2,400\n' > prior.csv
"$J" chainladder two.csv --prior prior.csv --json prior.json --format csv > prior-out.csv
python3 - <<'EOF' || fail "priors: $(cat prior-out.csv)"
import csv, json
rows = {row["origin"]: row for row in csv.DictReader(open("prior-out.csv"))}
near = lambda a, b: abs(float(a) - b) < 1e-9 * max(b, 1)
assert near(rows["2"]["ultimate"], 300) and near(rows["2"]["bf_reserve"], 400 / 3) and near(rows["2"]["bf_ultimate"], 200 + 400 / 3)
assert near(rows["1"]["bf_reserve"], 0) and near(rows["1"]["prior"], 150)  # observed to the end: as it stands
assert near(rows["all"]["bf_ultimate"], 350 + 400 / 3) and near(rows["all"]["prior"], 550)
figures = json.load(open("prior.json"))
assert near(figures["bf_reserve"], 400 / 3) and near(figures["origins"][1]["bf_ultimate"], 200 + 400 / 3)
assert "prior" not in json.load(open("two.json"))
EOF
"$J" chainladder two.csv --prior prior.csv --tail 1.2 --format csv | grep >/dev/null '^2,1,200,360,160,,,400,377.77' || fail "a prior with a tail"
printf 'origin,ultimate\n1,400\n' > bad.csv
expect 1 "origin 2 is missing" two.csv --prior bad.csv --json bad.json
printf 'origin,ultimate\n2,400\n3,1\n' > bad.csv
expect 1 "'3' is no origin of the triangle" two.csv --prior bad.csv --json bad.json
printf 'origin,ultimate\n2,400\n2,1\n' > bad.csv
expect 1 "stands twice" two.csv --prior bad.csv --json bad.json
printf 'origin,ultimate\n2,-4\n' > bad.csv
expect 1 "ultimate below 0" two.csv --prior bad.csv --json bad.json
printf 'origin,final\n2,4\n' > bad.csv
expect 1 "no such column" two.csv --prior bad.csv --json bad.json

# All triangles of the shared folder that have a reference.
reference=$JALKI_SHARED/data/triangles/reference_chain_ladder.csv
if [ ! -e "$reference" ]; then
    echo "chainladder: all is as promised, but $reference is not there: the published triangles were SKIPPED"
    exit 0
fi
python3 - "$reference" <<'EOF' || fail "shared triangles"
import csv, json, os, subprocess, sys
folder, program = os.path.dirname(sys.argv[1]), os.environ["JALKI_PROGRAM"]
checked = 0
for row in csv.DictReader(open(sys.argv[1])):
    if row["sigma_rule_last"] != "mack":
        continue
    name, _, column = row["triangle"].partition(":")
    options = ["--origin", "Accident Year", "--development", "Calendar Year", "--value", column] if column else []
    out = subprocess.run([program, "chainladder", f"{folder}/{name}.csv", "--format", "json", *options], check=True,
                         capture_output=True).stdout
    figures = json.loads(out)
    near = lambda a, b: abs(a - float(b)) <= 0.0051
    assert near(figures["ultimate"], row["ultimate_total"]), (name, figures["ultimate"])
    assert near(figures["reserve"], row["ibnr_total"]), (name, figures["reserve"])
    assert near(figures["latest"], row["latest_total"]), name
    assert len(figures["origins"]) == int(row["origins"]) and len(figures["age"]) == int(row["devs"]), name
    for factor, expected in zip(figures["factor"], row["link_ratios_volume_weighted"].split(), strict=True):
        assert abs(factor - float(expected)) < 5.1e-7, (name, factor)
    if row["mack_se_total"]:        # empty where Mack's rule divides by zero
        assert near(figures["mack_std_error"], row["mack_se_total"]), (name, figures["mack_std_error"])
    checked += 1
assert checked == 8, checked
EOF
for triangle in mw2014 liab auto usauto mcl quarterly tail_sample; do
    file=$JALKI_SHARED/data/triangles/$triangle.csv
    options=()
    grep -q paid "$file" && options+=(--value paid)
    case $triangle in liab) options+=(--where lob=GeneralLiab) ;; auto) options+=(--where lob=PersonalAuto) ;; esac
    "$J" chainladder "$file" "${options[@]}" --format json | python3 -c '
import json, sys
figures = json.load(sys.stdin)
assert figures["ultimate"] >= figures["latest"] > 0 and len(figures["origins"]) >= 4
' || fail "$triangle"
done
echo "chainladder: all is as promised"

#!/usr/bin/env python3
"""Reference values of special functions, 60 digits (mpmath). usage: /usr/bin/python3 special.py special.json   (~20 s)
Every value is the pair (hi, lo): hi the nearest double, lo the rest, so that errors below 1 ulp can be measured.
 functions.NAME    rows [x, hi, lo]
 differences       rows [x, y, hi0, lo0, hi1, lo1, hi2, lo2]: lnG, psi, psi' at x + y minus at x
Doubles that overflow are left out."""
import json, random, sys
from mpmath import mp, mpf
mp.dps = 60
random.seed(20190508)

def pair(v):
    hi = float(v)
    return [hi, float(v - mpf(hi))]

def finite(p):
    return abs(p[0]) < 1.7e308

def loguniform(a, b):
    return 10 ** random.uniform(a, b)

def near(c, count):
    return [c + s * 10 ** random.uniform(-15, -1) for _ in range(count) for s in (-1, 1)]

def table(f, xs):
    rows = []
    for x in sorted(set(float(v) for v in xs)):
        p = pair(f(mpf(x)))
        if finite(p): rows.append([x] + p)
    return rows

def main(out):
    positive = [loguniform(-300, 15) for _ in range(150)] + [random.uniform(0, 12) for _ in range(250)] + near(1, 25) + near(2, 25) + [1, 2, 10, 16, 0.5, 1e-300, 1e15, 1e300]
    functions = {
        'exp': table(mp.exp, [random.uniform(-1, 1) for _ in range(200)] + [random.uniform(-700, 700) for _ in range(300)] + [loguniform(-20, 0) for _ in range(50)] + [-745, -730, -710, -708.3, 709.7, 708.5, 0]),
        'log': table(mp.log, [loguniform(-307, 308) for _ in range(250)] + [random.uniform(0.5, 2) for _ in range(250)] + near(1, 60) + [5e-324, 1e-310, 1, 2, 1.7e308]),
        'log1p': table(mp.log1p, [s * loguniform(-18, 0) * 0.999 for _ in range(120) for s in (-1, 1)] + [loguniform(0, 300) for _ in range(100)]),
        'lgamma': table(mp.loggamma, positive),
        'digamma': table(mp.digamma, positive + near(1.4616321449683622, 20)),
        'trigamma': table(lambda x: mp.psi(1, x), [x for x in positive if x > 1e-150]),
    }
    xs = [1e-300, 1e-100, 1e-20, 1e-10, 1e-5, 0.01, 0.1, 0.5, 0.75, 1, 1.3, 2, 5, 9.99, 15.9, 16, 17.5, 24, 25, 100, 1e4, 1e6, 1e8, 1e10, 1e12, 1e15]
    ys = [0, 1, 2, 3, 4, 10, 23, 24, 25, 26, 30, 41, 100, 1000, 100000, 2 ** 31 + 1, 1e10, 1e15]
    points = [(x, y) for x in xs for y in ys]
    points += [(loguniform(-3, 6), float(int(loguniform(0, 3)))) for _ in range(300)]
    points += [(random.uniform(0, 40), float(random.randint(0, 60))) for _ in range(300)]
    points += [(loguniform(-300, 15), float(int(loguniform(0, 15)))) for _ in range(300)]
    rows = []
    for x, y in points:
        a, b = mpf(x), mpf(x) + mpf(y)
        ps = [pair(f(b) - f(a)) for f in (mp.loggamma, mp.digamma, lambda v: mp.psi(1, v))]
        if all(finite(p) for p in ps): rows.append([x, y] + [v for p in ps for v in p])
        else: rows.append([x, y] + [v if finite(p) else None for p in ps for v in p])
    with open(out, 'w') as f:
        f.write('{"functions":{\n' + ',\n'.join('"%s":[\n%s]' % (k, ',\n'.join(json.dumps(r) for r in v)) for k, v in functions.items()))
        f.write('},\n"differences":[\n' + ',\n'.join(json.dumps(r) for r in rows) + ']}\n')

if __name__ == '__main__':
    main(sys.argv[1])

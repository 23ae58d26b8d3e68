#!/usr/bin/env python3
"""Least squares on the certified data sets, pooled and with effects of units, solved exactly in rational arithmetic; square roots
to 40 digits. SEs: s2 (X'X)^-1 with s2 = RSS/(n - k - effects); cluster by unit without factor.
usage: python3 certify_ols.py ../data certified_ols.json   (Debian: python3-mpmath)"""
import csv, json, sys
from fractions import Fraction as F
import mpmath as mp
mp.mp.dps = 40
dy = lambda a, b: ['dy%d' % y for y in range(a, b)]
SETS = {
 'patents75': ('patents75.csv', 'patents', 'id', ['logr%d' % i for i in range(6)] + dy(76, 80)),
 'patents_rdus': ('patents_rdus.csv', 'patents', 'id', ['logr'] + dy(71, 80)),
 'synth45': ('synth45.csv', 'patents', 'pair', ['lgdp', 'lrd', 'lprox', 'lcit', 'lmig', 'rta'])}

def solve(M, k):
    """Inverse of the k x k matrix of fractions."""
    A = [row[:] + [F(int(i == j)) for j in range(k)] for i, row in enumerate(M)]
    for c in range(k):
        p = next(i for i in range(c, k) if A[i][c] != 0); A[c], A[p] = A[p], A[c]
        d = A[c][c]; A[c] = [v / d for v in A[c]]
        for i in range(k):
            if i != c and A[i][c] != 0:
                f = A[i][c]; A[i] = [a - f * b for a, b in zip(A[i], A[c])]
    return [row[k:] for row in A]

def root(v): return float(mp.sqrt(mp.mpf(v.numerator) / v.denominator))

def fit(X, y, units, effects):
    n = len(X); members = {}
    for i, u in enumerate(units): members.setdefault(u, []).append(i)
    if effects:
        X = [r[:] for r in X]; y = y[:]
        for rows in members.values():
            m = len(rows)
            for j in range(len(X[0])):
                mean = sum(X[i][j] for i in rows) / m
                for i in rows: X[i][j] -= mean
            mean = sum(y[i] for i in rows) / m
            for i in rows: y[i] -= mean
    k = len(X[0])
    V = solve([[sum(r[i] * r[j] for r in X) for j in range(k)] for i in range(k)], k)
    xy = [sum(r[i] * v for r, v in zip(X, y)) for i in range(k)]
    b = [sum(V[i][j] * xy[j] for j in range(k)) for i in range(k)]
    e = [v - sum(a * c for a, c in zip(r, b)) for r, v in zip(X, y)]
    s2 = sum(v * v for v in e) / (n - k - (len(members) if effects else 0))
    S = [[sum(X[i][j] * e[i] for i in rows) for j in range(k)] for rows in members.values()]
    U = [[sum(V[a][j] * s[j] for j in range(k)) for s in S] for a in range(k)]
    rss = sum(v * v for v in e); rss = mp.mpf(rss.numerator) / rss.denominator
    lnL = -mp.mpf(n) / 2 * (mp.log(2 * mp.pi * rss / n) + 1)
    return dict(coef=[float(v) for v in b], se=[root(s2 * V[i][i]) for i in range(k)],
                se_cluster_group_raw=[root(sum(u * u for u in U[a])) for a in range(k)], lnL=float(lnL))

out = {}
for name, (file, y, unit, x) in SETS.items():
    rows = list(csv.DictReader(open('%s/%s' % (sys.argv[1], file))))
    Y = [F(r[y]) for r in rows]; units = [r[unit] for r in rows]
    # the numbers that a program reads: decimals rounded to doubles
    X = [[F(float(r[c])) for c in x] for r in rows]
    out[name] = dict(ols=dict(params=['(Intercept)'] + x, **fit([[F(1)] + r for r in X], Y, units, False)),
                     unit=dict(params=x, **fit(X, Y, units, True)))
    print(name, file=sys.stderr)
with open(sys.argv[2], 'w') as f: f.write('{\n' + ',\n'.join('"%s": %s' % (k, json.dumps(v)) for k, v in out.items()) + '\n}\n')

#!/usr/bin/env python3
"""Independent check of fits and errors (bench/robustness.mjs): likelihoods written anew from their equations, scipy's BFGS and
linear programming. usage: python3 robustness.py SAMPLE.json -> JSON {fits, maxima, attained, separated, errors, byCode, wrong}

Where rows were left out as separated, they are those that one linear program finds. A maximum is confirmed where the log-likelihood here equals the reported one (1e-9 relative), falls on both sides of every
coefficient, and no start of BFGS ends above it. Errors: separated by linear programming; no interior maximum where BFGS ends at
or below the limiting model, or itself runs away; boundary where no dispersion above 0 does better."""
import json, sys
import numpy as np
from scipy.optimize import linprog, minimize
from scipy.special import gammaln

def steps(x, y):
    """lnGamma(x + y) - lnGamma(x), Stirling's difference for large x."""
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    small = x < 1e3
    xs = np.where(small, x, 1.0); xl = np.where(small, 1e3, x); e = xl + y
    tail = lambda z: (1 / 12 - (1 / 360 - 1 / (1260 * z * z)) / (z * z)) / z
    big = (xl - 0.5) * np.log1p(y / xl) + y * np.log(e) - y + tail(e) - tail(xl)
    return np.where(small, gammaln(xs + y) - gammaln(xs), big)

class Problem:
    def __init__(self, d):
        self.model = d['model']; self.y = np.array(d['y'], float); n = d['n']
        X = np.array(d['x'], float).reshape(n, d['k']); self.X = X
        self.offset = np.array(d['offset'], float) if d.get('offset') else np.zeros(n)
        self.terms = d['terms']
        start = d.get('groupStart')
        if d.get('effects') is not None: self.g = np.array(d['effects'])
        else: self.g = np.repeat(np.arange(len(start) - 1), np.diff(start)) if start else np.zeros(n, int)
        self.G = self.g.max() + 1
        self.Y = self.sum(self.y); self.const = gammaln(self.y + 1).sum()
        # orthonormal basis for the search: X = Q R, columns scaled first
        self.scale = np.sqrt((X ** 2).mean(0)); self.scale[self.scale == 0] = 1
        q, self.R = np.linalg.qr(X / self.scale)
        self.Q = q * np.sqrt(n); self.R = self.R / np.sqrt(n)
    def sum(self, v): return np.bincount(self.g, v, self.G)
    def user(self, b): return np.linalg.solve(self.R, b) / self.scale
    def internal(self, b): return self.R @ (np.asarray(b) * self.scale)
    def loglik(self, eta, aux):
        y, m = self.y, self.model
        with np.errstate(all='ignore'):
            if m == 'poisson | id':
                top = np.full(self.G, -np.inf); np.maximum.at(top, self.g, eta)
                eta = eta - top[self.g]
            lam = np.exp(eta)
            if m == 'poisson': return (y * eta - lam).sum() - self.const
            if m == 'nb2':
                a = np.exp(-aux[0])
                return (steps(a, y) - a * np.log1p(lam / a) + y * (eta - np.log(a + lam))).sum() - self.const
            if m == 'nb1':
                d = np.exp(aux[0]); s = lam / d
                return (steps(s, y) - s * np.log1p(d) + y * (aux[0] - np.log1p(d))).sum() - self.const
            L = self.sum(lam); Y = self.Y
            if m == 'poisson | id':
                used = Y > 0
                return (y * (eta - np.log(L)[self.g])).sum() + (Y[used] * np.log(Y[used]) - Y[used]).sum() - self.const
            if m == 'poisson-re':
                t = np.exp(-aux[0])
                return (steps(t, Y) - t * np.log1p(L / t) - Y * np.log(t + L)).sum() + (y * eta).sum() - self.const
            rows = steps(lam, y).sum() - self.const
            if m == 'nb-fe': return (gammaln(Y + 1) - steps(L, Y)).sum() + rows
            r, s = np.exp(aux[0]), np.exp(aux[1])
            return (steps(s, Y) + steps(r, s) - steps(r + L, s + Y)).sum() + rows
    def at(self, th, k=None):
        k = self.X.shape[1]
        v = self.loglik(self.Q @ th[:k] + self.offset, th[k:])
        return v if np.isfinite(v) else -1e300

AUX = {'poisson': 0, 'nb1': 1, 'nb2': 1, 'nb-fe': 0, 'nb-re': 2, 'poisson-re': 1, 'poisson | id': 0}

def gradient(f, th):
    g = np.empty(len(th))
    for i in range(len(th)):
        h = 1e-5 * (1 + abs(th[i])); a = th.copy(); b = th.copy(); a[i] += h; b[i] -= h
        g[i] = (f(a) - f(b)) / (2 * h)
    return g

def climb(p, start):
    f = lambda th: -p.at(th)
    r = minimize(f, start, jac=lambda th: gradient(f, th), method='BFGS', options=dict(gtol=1e-6, maxiter=400))
    return -r.fun, r.x

def starts(p, rng):
    k = p.X.shape[1]; aux = AUX[p.model]
    plain = np.zeros(k + aux)
    level = np.log(max(p.y.mean(), 1e-3)) - p.offset.mean() if p.model not in ('nb-fe', 'nb-re') else -p.offset.mean()
    plain[:k] = np.linalg.lstsq(p.Q, np.full(len(p.y), level), rcond=None)[0]
    return [plain, plain + 0.5 * rng.standard_normal(k + aux)]

def best_of(p, rng, more=()):
    found = [climb(p, s) for s in list(starts(p, rng)) + list(more)]
    return max(found, key=lambda r: r[0])

def reported(p, d):
    f = d['found']; b = p.internal(f['coef'])
    if f['boundary'] or AUX[p.model] == 0: return b
    v = [q['estimate'] for q in f['parameters']]
    return np.concatenate([b, np.log(v) if p.model in ('nb1', 'nb2') else v])

def other(d, model): return Problem({**d, 'model': model})

def check_ols(p, d):
    Xs = np.hstack([p.X / p.scale]).astype(np.longdouble)
    b, *_ = np.linalg.lstsq(p.Q, p.y - p.offset, rcond=None)
    se = np.array(d['found']['se'])
    gap = np.abs(p.user(b) - d['found']['coef']) / se
    return None if gap.max() < 1e-5 else 'ols differs by %.1e standard errors' % gap.max()

def check_maximum(p, d, rng):
    f = d['found']
    if p.model == 'ols': return check_ols(p, d), True
    limit = other(d, 'poisson') if f['boundary'] else p
    th = reported(p, d); here = limit.at(th); tol = 1e-9 * (1 + abs(here))
    if abs(here - f['loglik']) > tol: return 'log-likelihood %r, here %r' % (f['loglik'], here), False
    for j, se in enumerate(f['se']):
        for sign in (-1, 1):
            b = np.array(f['coef']); reach = np.abs(p.X[:, j]).max() * se
            b[j] += sign * 0.05 * se / max(1, reach)
            moved = np.concatenate([limit.internal(b), th[len(b):]])
            if limit.at(moved) > here + tol: return 'higher beside coefficient %d' % j, False
    near = [] if f['boundary'] else [th + 0.3 * rng.standard_normal(len(th))]
    top, _ = best_of(p, rng, near)
    if top > here + 1e-7 * (1 + abs(here)): return 'a higher maximum: %r > %r' % (top, here), False
    return None, top > here - 1e-6 * (1 + abs(here))

def separated(p):
    X = p.X / p.scale
    if p.model == 'poisson | id': X = np.hstack([X, np.eye(p.G)[p.g]])
    used = np.ones(len(p.y), bool)
    if p.model == 'nb-fe': used = (p.Y > 0)[p.g] & (p.sum(np.ones(len(p.y))) > 1)[p.g]
    pos, zero = X[used & (p.y > 0)], X[used & (p.y == 0)]
    if not len(zero): return False
    r = linprog(-zero.sum(0), A_eq=pos, b_eq=np.zeros(len(pos)), A_ub=np.vstack([-zero, zero]),
                b_ub=np.concatenate([np.zeros(len(zero)), np.ones(len(zero))]), bounds=(None, None), method='highs')
    return r.status == 0 and -r.fun > 1e-6

def rows_left_out(d):
    """Whether the rows left out as separated are those that some direction sends to 0: the slacks of one program (all rows at once)."""
    s = d['separation']; X = np.array(s['x'], float).reshape(s['n'], s['k']); y = np.array(s['y'], float); gone = np.array(s['gone'])
    scale = np.sqrt((X ** 2).mean(0)); X = X / np.where(scale == 0, 1, scale)
    if s.get('effects') is not None: X = np.hstack([X, np.eye(max(s['effects']) + 1)[s['effects']]])
    pos, zero, m = X[y > 0], X[y == 0], int((y == 0).sum())
    r = linprog(-np.concatenate([np.zeros(X.shape[1]), np.ones(m)]), A_eq=np.hstack([pos, np.zeros((len(pos), m))]), b_eq=np.zeros(len(pos)),
                A_ub=np.hstack([-zero, np.eye(m)]), b_ub=np.zeros(m), bounds=[(None, None)] * X.shape[1] + [(0, 1)] * m, method='highs')
    found = np.zeros(s['n'], bool); found[y == 0] = r.x[X.shape[1]:] > 0.5
    return None if (found == gone).all() else 'rows left out %s, separated %s' % (np.flatnonzero(gone), np.flatnonzero(found))

def limits(p, d, rng):
    if p.model == 'nb-re': return max(best_of(other(d, m), rng)[0] for m in ('poisson-re', 'nb1', 'poisson'))
    q = other(d, 'poisson | id')
    top = best_of(q, rng)[0] + (gammaln(q.Y + 1) - np.where(q.Y > 0, q.Y * np.log(np.maximum(q.Y, 1)) - q.Y, 0)).sum()
    return top

def ran_away(p, th):
    if p.model == 'nb-re': return max(abs(th[-2:])) > 7
    k = p.X.shape[1]; L = p.sum(np.exp(np.clip(p.Q @ th[:k] + p.offset, -700, 700)))
    return (L > 1e4 * (1 + p.Y)).any() or (L < 1e-4).any()

def check_error(p, d, rng):
    code = d['found']['code']
    if code == 'fit/separated': return None if separated(p) else 'not separated'
    if code == 'fit/no-interior-maximum':
        top, th = best_of(p, rng)
        if top <= limits(p, d, rng) + 1e-6 * (1 + abs(top)) or ran_away(p, th): return None
        return 'a maximum inside: %r at %s' % (top, th.tolist())
    if code == 'data/too-few-rows': return None
    if code == 'fit/not-identified':
        X = p.X / p.scale
        if p.model == 'poisson | id':
            means = np.array([p.sum(X[:, j]) / np.maximum(p.sum(np.ones(len(p.y))), 1) for j in range(X.shape[1])]).T
            X = X - means[p.g]; X = X / np.sqrt((X ** 2).mean(0))
        return None if np.linalg.cond(X) > 1e6 else 'identified'
    if code == 'vcov/no-standard-error': return None if np.allclose(p.y, p.y[0]) else 'y varies'
    return 'unknown error ' + code

out = dict(fits=0, maxima=0, attained=0, separated=0, errors=0, byCode={}, wrong=[])
for d in json.load(open(sys.argv[1])):
    rng = np.random.default_rng(d['number']); p = Problem(d); out['fits'] += 1
    if 'code' in d['found']:
        out['errors'] += 1; c = d['found']['code']; out['byCode'][c] = out['byCode'].get(c, 0) + 1
        why = check_error(p, d, rng)
    else:
        out['maxima'] += 1; why, attained = check_maximum(p, d, rng); out['attained'] += bool(attained)
        if d.get('separation'): out['separated'] += 1; why = why or rows_left_out(d)
    if why: out['wrong'].append(dict(number=d['number'], model=d['model'], why=why))
    sys.stderr.write('%s %s %s\n' % (d['number'], d['model'], why) if why else '')
print(json.dumps(out))

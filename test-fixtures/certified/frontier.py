"""
Count frontiers by brute force: the log-likelihood of a few units at fixed parameters as an integral over u (and v), by mpmath's
tanh-sinh rule at 30 digits over pieces of the half-line, with nothing of the program's method in it. Also ln(Phi(z)) + z^2/2 and its
derivatives far into the tails. Writes frontier.json and normal.json beside it. Run: /usr/bin/python3 frontier.py (some minutes).
"""
import json
import os
from mpmath import mp, mpf, quad, exp, log, sqrt, pi, loggamma, erfc, inf, ncdf

mp.dps = 30
here = os.path.dirname(os.path.abspath(__file__))


def poisson(y, mu):
    return exp(y * log(mu) - mu - loggamma(y + 1))


def negbin(y, mu, alpha):
    m = 1 / alpha
    return exp(loggamma(y + m) - loggamma(m) - loggamma(y + 1) + m * log(m / (m + mu)) + y * log(mu / (m + mu)))


def density(law, u, s):
    if law == "half-normal":
        return sqrt(2 / pi) / s * exp(-u * u / (2 * s * s))
    return exp(-u / s) / s


def composed(law, e, sv, su):
    """Density of e = v - u: Aigner, Lovell, Schmidt (1977), Meeusen, van den Broeck (1977), with mpmath's erfc."""
    if law == "half-normal":
        s = sqrt(sv * sv + su * su)
        return 2 / s * exp(-(e / s) ** 2 / 2) / sqrt(2 * pi) * ncdf(-e * su / (sv * s))
    return exp(e / su + sv * sv / (2 * su * su)) * ncdf(-e / sv - sv / su) / su


def unit(kind, law, ys, etas, su, alpha=None, sv=None):
    def rows(w):
        p = mpf(1)
        for y, eta in zip(ys, etas):
            mu = exp(eta + w)
            p *= poisson(y, mu) if kind == "poisson-frontier" else negbin(y, mu, alpha)
        return p

    if sv is None:
        # the half-line is cut where the mass is, in pieces of its own width
        f = lambda u: rows(-u) * density(law, u, su)
        width = min(su, 1 / sqrt(mpf(1 + sum(ys))))
        near = max(mpf(0), sum(etas) / len(etas) - log(mpf(max(sum(ys), 1)) / len(ys)))
        best = max([mpf(i) / 8 * su for i in range(0, 100)] + [near + mpf(i) / 4 * width for i in range(-40, 41) if near + mpf(i) / 4 * width >= 0], key=f)
        pieces = {mpf(0)} | {max(mpf(0), best + d * width) for d in (-12, -6, -3, 0, 3, 6, 12, 40)} | {best + d * su for d in (1, 8)}
        return log(quad(f, sorted(pieces) + [inf]))
    centre = [mpf(-8), mpf(-4), mpf(-2), mpf(-1), mpf(-1) / 2, mpf(0), mpf(1) / 2, mpf(1), mpf(2), mpf(6)]
    return log(quad(lambda w: rows(w) * composed(law, w, sv, su), [mpf(-60), mpf(-30), mpf(-16)] + centre))


mp.dps = 60
rows = []
for z in [-1e6, -1e4, -300.0, -60.0, -38.5, -20.0, -9.0, -5.7, -5.0001, -5.0, -4.0, -2.5, -1.0, -0.664, -0.66, -0.3, -1e-3, 0.0, 1e-3, 0.5, 0.663, 1.0, 2.0, 3.7, 5.0, 8.0, 20.0]:
    x = mpf(z)
    lnp = log(erfc(-x / sqrt(mpf(2))) / 2)
    w = lnp + x * x / 2
    mills = exp(-x * x / 2 - lnp) / sqrt(2 * pi)
    k = x + mills
    rows.append([z, float(w), float(k), float(1 - mills * k)])
json.dump({"columns": ["z", "W", "W'", "W''"], "rows": rows}, open(os.path.join(here, "normal.json"), "w"), indent=1)
mp.dps = 30

units = {
    "rows": [([0], [0.5]), ([0], [4.0]), ([1], [-2.0]), ([3], [1.2]), ([7], [3.5]), ([40], [3.6]), ([250], [6.5]), ([12000], [9.2])],
    "units": [([0, 0, 1, 0], [1.0, 1.2, 0.8, 2.0]), ([3, 9, 4, 12, 8], [2.2, 2.5, 2.1, 2.9, 2.4]), ([100, 140, 90], [5.0, 5.1, 4.9])],
}
out = {"script": "frontier.py", "cases": []}
for kind in ("poisson-frontier", "nb-frontier"):
    for law in ("half-normal", "exponential"):
        for su in ("0.2", "1.5") if kind == "nb-frontier" else ("0.2", "0.8", "1.5"):
            for alpha in ([None] if kind == "poisson-frontier" else ["0.5"]):
                for shape, data in units.items():
                    ll = [unit(kind, law, y, [mpf(repr(e)) for e in eta], mpf(su), alpha and mpf(alpha)) for y, eta in data]
                    out["cases"].append({"model": kind, "law": law, "sigma_u": float(su), "alpha": alpha and float(alpha),
                                         "units": shape, "loglik": [float(v) for v in ll]})
for law in ("half-normal", "exponential"):
    data = [([0], [0.5]), ([7], [2.5]), ([40], [3.6])]
    ll = [unit("poisson-frontier", law, y, [mpf(repr(e)) for e in eta], mpf("0.8"), None, mpf("0.4")) for y, eta in data]
    out["cases"].append({"model": "poisson-frontier", "law": law, "sigma_u": 0.8, "sigma_v": 0.4, "alpha": None, "units": "noise",
                         "loglik": [float(v) for v in ll]})
out["data"] = {**units, "noise": [([0], [0.5]), ([7], [2.5]), ([40], [3.6])]}
json.dump(out, open(os.path.join(here, "frontier.json"), "w"), indent=1)


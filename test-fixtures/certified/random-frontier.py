"""
Frontier with a normal effect of the unit by brute force: the log-likelihood of units at fixed parameters as the integral over the effect w
of the product of its rows' composed densities, by the 24-point Gauss-Legendre rule at 34 digits over pieces about as wide as
the integrand (48 points are held to give the same to 1e-20); its derivatives as central differences at that precision; E(w | y), and E(u | y), E(exp(-u) | y) of each row as ratios of such integrals. The composed density and its moments are
those of Aigner, Lovell, Schmidt (1977) and Meeusen, van den Broeck (1977) with mpmath's erfc, and are held against integrals over u.
Writes random-frontier.json beside it. Run: /usr/bin/python3 random-frontier.py (some minutes).
"""
import json
import os
from mpmath import mp, mpf, quad, exp, log, sqrt, inf, ncdf, npdf
from mpmath.calculus.quadrature import GaussLegendre

mp.dps = 34
here = os.path.dirname(os.path.abspath(__file__))


def tilted(law, e, sv, su):
    """Mean and sd of u given e = v - u, before truncation at 0."""
    if law == "half-normal":
        s2 = sv * sv + su * su
        return -e * su * su / s2, sv * su / sqrt(s2)
    return -e - sv * sv / su, sv


def composed(law, e, sv, su):
    if law == "half-normal":
        s = sqrt(sv * sv + su * su)
        return 2 / s * npdf(e / s) * ncdf(-e * su / (sv * s))
    return exp(e / su + sv * sv / (2 * su * su)) * ncdf(-e / sv - sv / su) / su


def moments(law, e, sv, su):
    m, s = tilted(law, e, sv, su)
    z = m / s
    return m + s * npdf(z) / ncdf(z), exp(s * s / 2 - m) * ncdf(z - s) / ncdf(z)


def check(law, e, sv, su):
    """The closed forms against integrals over u."""
    f = lambda u: npdf(e + u, 0, sv) * ((2 * npdf(u, 0, su)) if law == "half-normal" else exp(-u / su) / su)
    m = max(tilted(law, e, sv, su)[0], mpf(0))
    cuts = sorted({mpf(0), m} | {max(mpf(0), m + d * sv) for d in (-8, -4, -2, -1, 1, 2, 4, 8, 16)})
    total = quad(f, cuts + [inf])
    u = quad(lambda x: x * f(x), cuts + [inf]) / total
    d = quad(lambda x: exp(-x) * f(x), cuts + [inf]) / total
    for ours, theirs in ((composed(law, e, sv, su), total), (moments(law, e, sv, su)[0], u), (moments(law, e, sv, su)[1], d)):
        assert abs(ours / theirs - 1) < mpf(10) ** -20, (law, e, sv, su)


def cuts(law, residuals, sv, sw, su):
    """Pieces of the line where the integrand has its mass, each about as wide as it is."""
    f = lambda w: sum(log(composed(law, r - w, sv, su)) for r in residuals) - w * w / (2 * sw * sw)
    lo, hi = mpf(-1) + min(min(residuals), 0) - 4 * (sv + su), mpf(1) + max(max(residuals), 0) + 4 * (sv + su)
    for _ in range(80):
        a, b = lo + (hi - lo) / 3, hi - (hi - lo) / 3
        if f(a) < f(b):
            lo = a
        else:
            hi = b
    top = (lo + hi) / 2
    width = min(sw, sv / sqrt(mpf(len(residuals))))
    far = 16 * sw
    near = [top + d * width for d in range(-14, 15)]
    outer = [top + s * width * 14 * mpf(2) ** d for d in range(1, 9) for s in (-1, 1) if width * 14 * mpf(2) ** d < far]
    return sorted(near + outer + [top - max(far, 15 * width), top + max(far, 15 * width)])


RULE = GaussLegendre(mp)


def points(pieces, degree=4):
    """Nodes and weights over the pieces: 3 * 2^(degree - 1) in each."""
    base = RULE.calc_nodes(degree, mp.prec)
    return [(a + (b - a) * (x + 1) / 2, w * (b - a) / 2) for a, b in zip(pieces, pieces[1:]) for x, w in base]


def masses(law, residuals, sv, sw, su, nodes):
    """(w, weight times integrand) at the nodes."""
    def f(w):
        p = npdf(w, 0, sw)
        for r in residuals:
            p *= composed(law, r - w, sv, su)
        return p

    return [(w, share * f(w)) for w, share in nodes]


def total(found):
    return sum(m for _, m in found)


UNITS = [["0.1"], ["-0.5", "0.3"], ["-2.0", "-1.8", "-2.5", "0.4"], ["0.2", "-0.1", "-0.7", "0.05", "-1.4", "0.3", "-0.2", "-0.05"]]
SCALES = [("0.3", "0.5", "0.8"), ("0.06", "0.4", "1.0"), ("0.5", "0.05", "0.3"), ("0.2", "2.0", "0.1")]
out = {"script": "random-frontier.py", "units": [[float(v) for v in unit] for unit in UNITS], "cases": []}
for law in ("half-normal", "exponential"):
    for e in ("-1.5", "-0.1", "0.4"):
        check(law, mpf(e), mpf("0.3"), mpf("0.8"))
    for scales in SCALES:
        sv, sw, su = (mpf(s) for s in scales)
        case = {"law": law, "sigma_v": float(sv), "sigma_w": float(sw), "sigma_u": float(su), "loglik": [], "score": [], "rows": []}
        for unit in UNITS:
            r = [mpf(v) for v in unit]
            pieces = cuts(law, r, sv, sw, su)
            nodes = points(pieces)
            found = masses(law, r, sv, sw, su, nodes)
            whole = total(found)
            if unit is UNITS[2]:
                assert abs(total(masses(law, r, sv, sw, su, points(pieces, 5))) / whole - 1) < mpf(10) ** -20
            case["loglik"].append(float(log(whole)))
            h = mpf(10) ** -9
            level = lambda c, a, b, d: log(total(masses(law, [v - c for v in r], sv * exp(a), sw * exp(b), su * exp(d), nodes)))
            slope = lambda at: (level(*[h * x for x in at]) - level(*[-h * x for x in at])) / (2 * h)
            case["score"].append([float(slope(at)) for at in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))])
            mean = lambda weight: float(sum(m * weight(w) for w, m in found if m > whole * mpf(10) ** -30) / whole)
            case["rows"].append({"effect": mean(lambda w: w),
                                 "u": [mean(lambda w: moments(law, v - w, sv, su)[0]) for v in r],
                                 "efficiency": [mean(lambda w: moments(law, v - w, sv, su)[1]) for v in r]})
        out["cases"].append(case)
        print(law, scales, case["loglik"], flush=True)
json.dump(out, open(os.path.join(here, "random-frontier.json"), "w"), indent=1)

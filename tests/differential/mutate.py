"""Input number i of a seed: the same on every machine."""
import json
import random

import bounds
import surface
from deep import CHANGES, CONTENT, random_scene, trust_for
from keys import sha256
from material import Input, corpus, file_fact, scenes

FILE = file_fact(sha256(CONTENT), len(CONTENT))


class Mutator:
    """share: how many of the inputs are made below the signatures, which costs every verifier the most."""

    def __init__(self, seed, share=0.025):
        self.seed, self.share = seed, share
        rows = [row for row in self.rows() if len(row[1].receipt) < 12000]
        self.inputs = [row[1] for row in rows]
        self.readable = [row[1] for row in rows if not row[2].startswith("form")]
        self.objects = [i.receipt for i in self.inputs if self._parses(i.receipt)]
        self.trusts = sorted({i.trust for i in self.inputs})
        self.scenes = self.made_scenes()

    rows, made_scenes = staticmethod(corpus), staticmethod(scenes)

    @staticmethod
    def _parses(text):
        try:
            return isinstance(json.loads(text), dict) and text.isascii()
        except ValueError:
            return False

    def make(self, number):
        rng = random.Random(f"{self.seed}:{number}")
        if rng.random() < self.share:
            return self._below(rng)
        return self._above(rng)

    def _above(self, rng):
        base = rng.choice(self.readable if rng.random() < 0.8 else self.inputs)
        trust, file, receipt = base.trust, base.file, base.receipt
        kind = rng.random()
        if kind < 0.002:
            receipt = bounds.text(rng)
        elif kind < 0.07:
            receipt = surface.noise(rng, receipt)
        elif kind < 0.95 and self._parses(receipt):
            receipt = self._members(rng, receipt)
        if rng.random() < 0.1:
            trust = rng.choice(self.trusts)
        if rng.random() < 0.03:
            trust = rng.choice((bounds.trust(rng), surface.noise(rng, trust),
                                trust.replace(b"\nset ", b"\nset 1", 1)))
        if rng.random() < 0.1:
            file = rng.choice((b"", FILE, file_fact(sha256(b"other"), len(CONTENT)), file_fact(FILE[:32], 0)))
        return Input(trust, file, receipt)

    def _members(self, rng, receipt):
        value = json.loads(receipt)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if value:
                surface.members(rng, value, self.objects)
        return surface.rendering(rng, value) if rng.random() < 0.03 else surface.canonical(value)

    def _below(self, rng):
        scene = rng.choice(self.scenes).copy() if rng.random() < 0.4 else random_scene(rng)
        try:
            for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3))):
                rng.choice(CHANGES)(rng, scene)
            value = scene.build()
        except (ValueError, OverflowError, IndexError, KeyError, TypeError, AttributeError):
            return self._above(rng)  # what cannot be made: a view of 2^64, a set that nobody can sign for
        if rng.random() < 0.1:
            surface.members(rng, value, self.objects)
        file = rng.choice((b"", FILE, FILE, FILE[:39] + b"\7"))
        return Input(trust_for(rng, scene), file, surface.canonical(value))

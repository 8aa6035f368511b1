"""Reads exports as other people's libraries do: an Atom feed, and PROV-O in JSON-LD.

Prints what was found as JSON, or fails with what is wrong.
"""

import json
import sys

import feedparser
from rdflib import RDF, Graph
from rdflib.namespace import PROV


def atom(path):
    with open(path, "rb") as file:
        feed = feedparser.parse(file.read())
    if feed.bozo:
        sys.exit(f"no well-formed feed: {feed.bozo_exception}")
    if feed.version != "atom10":
        sys.exit(f"expected atom10, found {feed.version}")
    return [entry.title for entry in feed.entries]


def prov(path):
    graph = Graph()
    graph.parse(path, format="json-ld")
    terms = set(graph.predicates()) | set(graph.objects(None, RDF.type))
    terms = {term for term in terms if term.startswith(str(PROV))}
    unknown = [term for term in terms if term not in PROV]
    if unknown:
        sys.exit(f"no terms of PROV-O: {unknown}")
    return sorted(term.removeprefix(str(PROV)) for term in terms)


kind, path = sys.argv[1:]
print(json.dumps({"atom": atom, "prov": prov}[kind](path)))

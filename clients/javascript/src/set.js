// Set: who validates in an epoch, and with which keys (docs/protocol.md, section 3).

import { Fault, H, bytesOf, fromHex } from './bytes.js';
import { Lines, fieldsOf, isSegment } from './lines.js';
import { isPoint } from './signature.js';

const SET_BYTES_MAX = 49152;
const MEMBERS_MAX = 128;

// Reads set texts; what it found of a key or a whole text it need not find again.
export class SetReader {
  constructor() {
    this.sets = new Map();
    this.points = new Map();
  }

  // The set that a text is: its hash, its quorum, its members in order.  A Fault for any other text.
  read(text) {
    const before = this.sets.get(text);
    if (before) return before;
    const set = this.parse(text);
    this.sets.set(text, set);
    return set;
  }

  parse(text) {
    const bytes = bytesOf(text);
    if (bytes.length > SET_BYTES_MAX) throw new Fault('set too long');
    const lines = new Lines(text);
    lines.expect('stele/v1 set');
    const members = [];
    while (!lines.ended) {
      if (members.length === MEMBERS_MAX) throw new Fault('too many validators');
      members.push(this.member(lines.next()));
    }
    if (members.length === 0) throw new Fault('no validator');
    checkDistinct(members);
    const faulty = Math.floor((members.length - 1) / 3);
    return { hash: H(bytes), members, quorum: members.length - faulty };
  }

  member(line) {
    const [id, organisation, consensusHex, nodeHex] = fieldsOf(line, 4);
    if (!isSegment(id) || !isSegment(organisation)) throw new Fault('validator');
    return {
      id,
      organisation,
      consensusHex,
      nodeHex,
      consensus: this.point(consensusHex),
      node: this.point(nodeHex),
    };
  }

  point(hex) {
    const known = this.points.get(hex);
    if (known) return known;
    const key = fromHex(hex, 33);
    if (!isPoint(key)) throw new Fault('key is no point');
    this.points.set(hex, key);
    return key;
  }
}

function checkDistinct(members) {
  const seen = { id: new Set(), organisation: new Set(), key: new Set() };
  let last = '';
  for (const member of members) {
    if (member.consensusHex <= last) throw new Fault('validators out of order');
    last = member.consensusHex;
    addNew(seen.id, member.id);
    addNew(seen.organisation, member.organisation);
    addNew(seen.key, member.consensusHex);
    addNew(seen.key, member.nodeHex);
  }
}

function addNew(seen, value) {
  if (seen.has(value)) throw new Fault('stands there twice');
  seen.add(value);
}

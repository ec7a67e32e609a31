/** Which names of the browser's a script reaches for, read from what was built: a new one cannot be forgotten. */
import { readFileSync } from 'node:fs';

import { parse } from '../../xtask/node/node_modules/acorn/dist/acorn.mjs';

/** The scripts that the build makes for host pages; the server puts its data in place of the last name. */
const BUILT = ['embed', 'later', 'release'].map((name) => new URL(`../../target/site/${name}.min.js`, import.meta.url));
const DATA = '__KEUZE__';

/** Every node of a tree with the one that it stands in. */
function* nodes(node, parent) {
  yield [node, parent];
  for (const [key, value] of Object.entries(node)) {
    for (const child of [value].flat()) {
      if (child?.type) yield* nodes(child, { ...node, key });
    }
  }
}

/** The names that a pattern declares. */
const declared = (pattern) => {
  const inside = { ArrayPattern: 'elements', ObjectPattern: 'properties', AssignmentPattern: 'left', RestElement: 'argument', Property: 'value' };
  if (!pattern) return [];
  return pattern.type === 'Identifier' ? [pattern.name] : [pattern[inside[pattern.type]]].flat().flatMap(declared);
};

const isName = (node, { type, key, computed }) =>
  node.type === 'Identifier' &&
  !(type === 'MemberExpression' && key === 'property' && !computed) &&
  !(/^(Property|MethodDefinition)$/.test(type) && key === 'key' && !computed) &&
  !/^(Export|Import)Specifier$/.test(type);

/**
 * `globals`: what a script finds by its bare name or on `window`; `members`: what it asks of `document`, whether by that name or
 * by `super`. The names that a build gives to what is a script's own are never those of a global it reaches for.
 */
function reached(file) {
  const all = [...nodes(parse(readFileSync(file, 'utf8'), { ecmaVersion: 2022, sourceType: 'module' }), {})];
  const own = new Set([DATA]);
  const globals = new Set();
  const members = new Set();
  for (const [node] of all) {
    if (node.type === 'VariableDeclarator') declared(node.id).forEach((name) => own.add(name));
    for (const pattern of node.params ?? []) declared(pattern).forEach((name) => own.add(name));
    if (node.type === 'CatchClause') declared(node.param).forEach((name) => own.add(name));
    if (/^(Function|Class)/.test(node.type) && node.id) own.add(node.id.name);
  }
  for (const [node, parent] of all) {
    if (isName(node, parent) && !own.has(node.name)) globals.add(node.name);
    if (node.type !== 'MemberExpression' || node.computed) continue;
    const { object, property } = node;
    if (object.type === 'Super' || object.name === 'document') members.add(property.name);
    if (object.name === 'window') globals.add(property.name);
  }
  return { globals, members };
}

/** What no page can replace: these belong to the window or the language for good. */
const FIXED = ['document', 'location', 'window', 'undefined'];

const found = BUILT.map(reached);
const together = (which) => [...new Set(found.flatMap((one) => [...one[which]]))].sort();

/** Every global that the scripts reach for. */
export const GLOBALS = together('globals').filter((name) => !FIXED.includes(name));

/** Every member of `document` that they reach for. */
export const MEMBERS = together('members');

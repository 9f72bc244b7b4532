// What `require('@azure/functions-core')` resolves to here: a real file, so that every loader can read it.
module.exports = globalThis[Symbol.for('rehome.functions-core')];

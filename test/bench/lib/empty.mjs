// @ts-check
// What an import costs that brings nothing.
export {};

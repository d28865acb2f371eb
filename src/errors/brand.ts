/**
 * Gives an error class its name, and an `instanceof` that also holds for errors of another copy of
 * the package in the same program.
 */
export function brand(errorClass: { readonly prototype: Error }, name: string): void {
  const mark = Symbol.for(`lvs.${name}`);
  Object.defineProperty(errorClass.prototype, mark, { value: true });
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value: (value: unknown) => typeof value === 'object' && value !== null && mark in value,
  });
}

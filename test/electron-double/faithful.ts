import { type EventEmitter } from 'node:events';

type Name<Double> = Exclude<
  keyof Double & string,
  keyof EventEmitter | keyof typeof EventEmitter | 'prototype'
>;
/** What Electron has under each name of the double. A name that it has not fits nothing. */
type Fitting<Double, Real> = { readonly [Key in Name<Double>]: Key extends keyof Real ? Real[Key] : never };

/**
 * Hands a part of the double to the program as that of Electron. It compiles only where everything public in it is in electron.d.ts too, with
 * a type that fits: the double may be less than Electron, and never anything else. (What listeners get is not typed there for emitting.)
 */
export function offer<Real>() {
  return <Double extends object>(double: Double & Fitting<Double, Real>): Real => double as unknown as Real;
}

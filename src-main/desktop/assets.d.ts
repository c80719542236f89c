/** A picture that the build puts into the code, as an address that holds it. */
declare module '*.png?inline' {
  const address: string;
  export default address;
}

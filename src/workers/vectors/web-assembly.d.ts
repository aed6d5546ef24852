/** The little of WebAssembly that is used here: the types of Node do not have it. https://webassembly.github.io/spec/js-api/ */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { readonly initial: number })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Module {
    constructor(bytes: Uint8Array)
    /** Tells it from any other object. */
    private readonly compiled: true
  }
  class Instance {
    constructor(module: Module, imports: { readonly convodb: { readonly memory: Memory } })
    readonly exports: { readonly [name: string]: (...numbers: readonly number[]) => void }
  }
}

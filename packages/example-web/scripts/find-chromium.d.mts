export declare const chromiumArguments: readonly string[]
export declare function findChromium(): string | undefined

export declare function askAgainForFiles(): void

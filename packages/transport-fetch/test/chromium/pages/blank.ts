// A page that does nothing.
export {}

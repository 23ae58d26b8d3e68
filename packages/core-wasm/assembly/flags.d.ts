/** 1 in the build with frontiers, 0 in the core: `--use FRONTIER=…` of the compiler. */
declare const FRONTIER: i32;

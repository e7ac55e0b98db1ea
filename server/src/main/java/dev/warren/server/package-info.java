/** The program: command line, wiring of all parts, start and stop. */
@NullMarked
package dev.warren.server;

import org.jspecify.annotations.NullMarked;

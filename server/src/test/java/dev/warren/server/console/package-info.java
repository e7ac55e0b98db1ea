/** The console over a whole broker with clients, in a real browser. */
@NullMarked
package dev.warren.server.console;

import org.jspecify.annotations.NullMarked;

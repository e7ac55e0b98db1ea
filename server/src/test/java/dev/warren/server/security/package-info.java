/** Who may do what, tried on a whole broker. */
@NullMarked
package dev.warren.server.security;

import org.jspecify.annotations.NullMarked;

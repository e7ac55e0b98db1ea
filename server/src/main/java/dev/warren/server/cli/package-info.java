/** Sub-commands that ask a running broker, over its HTTP API. */
@NullMarked
package dev.warren.server.cli;

import org.jspecify.annotations.NullMarked;

/**
 * Exchanges, bindings, the immutable topology snapshot and the router. Pure: no clock, thread or
 * file.
 */
@NullMarked
package dev.warren.core.routing;

import org.jspecify.annotations.NullMarked;

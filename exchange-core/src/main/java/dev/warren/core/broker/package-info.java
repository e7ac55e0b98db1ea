/** Virtual hosts, loops, ownership, and the ports the fronts use. */
@NullMarked
package dev.warren.core.broker;

import org.jspecify.annotations.NullMarked;

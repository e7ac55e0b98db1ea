/** The clock every other package is given. */
@NullMarked
package dev.warren.core.time;

import org.jspecify.annotations.NullMarked;

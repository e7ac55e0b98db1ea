/** The file of what was changed and refused: one JSON object a line, rolled by length. */
@NullMarked
package dev.warren.server.audit;

import org.jspecify.annotations.NullMarked;

/** The append-only log of records: segments, group commit, recovery. */
@NullMarked
package dev.warren.core.journal;

import org.jspecify.annotations.NullMarked;

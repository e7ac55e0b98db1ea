package dev.warren.core.routing;

import java.util.List;

/**
 * The bindings from one exchange. Immutable.
 *
 * <p>Several bindings may differ only in parts the exchange type does not look at, for example in
 * the arguments at a direct exchange. They lead to the same destination in the same cases: the
 * match table needs their common <i>essence</i> once, as long as one of them is left. So besides
 * the bindings this counts, per essence, those that are not their own essence; usually there are
 * none.
 */
final class BindingSet {
  static final BindingSet EMPTY = new BindingSet(SnapshotMap.empty(), SnapshotMap.empty());

  private final SnapshotMap<Binding, Binding> all;
  private final SnapshotMap<Binding, Integer> variants;

  private BindingSet(SnapshotMap<Binding, Binding> all, SnapshotMap<Binding, Integer> variants) {
    this.all = all;
    this.variants = variants;
  }

  int size() {
    return all.size();
  }

  boolean contains(Binding binding) {
    return all.containsKey(binding);
  }

  /** Whether a binding with this essence is there. */
  boolean containsEssence(Binding essence) {
    return all.containsKey(essence) || variants.containsKey(essence);
  }

  List<Binding> toList() {
    return all.values();
  }

  /** With a binding that is not yet there. */
  BindingSet with(Binding binding, Binding essence) {
    return new BindingSet(all.with(binding, binding), counted(binding, essence, 1));
  }

  /** Without a binding that is there. */
  BindingSet without(Binding binding, Binding essence) {
    return new BindingSet(all.without(binding), counted(binding, essence, -1));
  }

  private SnapshotMap<Binding, Integer> counted(Binding binding, Binding essence, int change) {
    if (binding.equals(essence)) {
      return variants;
    }
    Integer before = variants.get(essence);
    int count = (before == null ? 0 : before) + change;
    return count == 0 ? variants.without(essence) : variants.with(essence, count);
  }
}

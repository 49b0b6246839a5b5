"""What the service must show as available once all is in, computed from the plan without asking the service."""

from __future__ import annotations

from dataclasses import dataclass

from plan import Plan, Shown

UNEXPLAINED = "unexplained"


@dataclass
class Expected:
    channel_id: str
    sku: str
    source_shows: int
    quantity: int | None  # None: it depends on how orders fall on warehouses.
    why: str  # If it is not what the source shows.


def expect(plan: Plan) -> list[Expected]:
    """For everything that the source shows, in the same order."""
    promised, picked_up = plan.promised(), plan.picked_up()
    return [
        _expect_one(plan, shown, promised.get(shown.sku, {}), picked_up.get(shown.sku, {}))
        for shown in plan.shown
        if plan.tracked(shown.sku)
    ]


def expect_waiting(plan: Plan) -> dict[str, int]:
    """Units of each SKU that orders must still wait for: promised and not there, safety stock included. Without SKUs of
    which that depends on how orders fall on warehouses."""
    picked_up = plan.picked_up()
    waiting = {}
    for sku, by_channel in sorted(plan.promised().items()):
        sets = {frozenset(plan.sold_from(channel, sku)) for channel in by_channel}
        if len(sets) == 1 and plan.tracked(sku) and plan.fit(sku, picked_up.get(sku, {})):
            levels = [plan.levels[sku, warehouse] for warehouse in next(iter(sets))]
            there = sum(level.on_hand for level in levels if level.sellable)
            waiting[sku] = max(0, sum(by_channel.values()) - there)
    return waiting


def _expect_one(plan: Plan, shown: Shown, promised: dict[str, int], picked_up: dict[str, int]) -> Expected:
    sku, mine = shown.sku, plan.sold_from(shown.channel_id, shown.sku)
    rivals = {channel for channel in promised if plan.sold_from(channel, sku) & mine}
    if any(plan.sold_from(channel, sku) != mine for channel in rivals) or not plan.fit(sku, picked_up):
        why = "orders may be served from warehouses that not all channels share"
        return Expected(shown.channel_id, sku, shown.quantity, None, why)
    quantity = max(0, plan.free(sku, mine) - sum(promised[channel] for channel in rivals))
    return Expected(shown.channel_id, sku, shown.quantity, quantity, _why(plan, shown, mine, quantity, rivals))


def _why(plan: Plan, shown: Shown, mine: set[str], here: int, rivals: set[str]) -> str:
    """Why the service shows another number; empty if it does not."""
    if shown.quantity == here:
        return ""
    stocked = shown.quantity - shown.to_wait_for
    if stocked == here:
        return f"{shown.to_wait_for} units of the shop's number do not lie there, orders would wait for them"
    if stocked < 0 and here == 0:
        return f"more is promised or kept back than lies there, {-stocked} in all"
    levels = [plan.levels[shown.sku, warehouse] for warehouse in mine]
    if any(level.on_hand < level.safety_stock for level in levels):
        return "a warehouse that lacks safety stock takes nothing away from another"
    others = sorted(rivals - {shown.channel_id})
    if others:
        return f"orders of {', '.join(others)} are promised from the same warehouses, which the shop does not count"
    return UNEXPLAINED

#!/usr/bin/python3
"""Makes a plan for move_in.py of an export of Liferay Commerce.

What becomes of each field, and how to export: server/MIGRATING.md.
"""

from __future__ import annotations

import argparse
import sys

from command_line import parser_of, run
from export_file import Export, columns
from liferay_orders import LiferayOrders
from liferay_shop import LiferayShop
from liferay_stock import LiferayStock
from liferay_units import LiferayUnits
from plan import Plan

COLUMNS = {
    "CIWarehouse": columns(
        "CIWarehouseId:int externalReferenceCode:text? name:text? description:text? active_:flag "
        "street1:text? street2:text? street3:text? city:text? zip:text? commerceRegionCode:text? "
        "countryTwoLettersISOCode:text? latitude:number? longitude:number? type_:text?"
    ),
    "CommerceChannel": columns("commerceChannelId:int externalReferenceCode:text? name:text?"),
    "CommerceChannelRel": columns("commerceChannelId:int CIWarehouseId:int"),
    "CIWarehouseItem": columns(
        "CIWarehouseItemId:int commerceInventoryWarehouseId:int sku:text unitOfMeasureKey:text? "
        "quantity:number reservedQuantity:number?"
    ),
    "CIBookedQuantity": columns(
        "CIBookedQuantityId:int sku:text unitOfMeasureKey:text? quantity:number bookedNote:text? expirationDate:time?"
    ),
    "CIReplenishmentItem": columns(
        "CIReplenishmentItemId:int externalReferenceCode:text? commerceInventoryWarehouseId:int sku:text "
        "unitOfMeasureKey:text? quantity:number availabilityDate:time?"
    ),
    "CommerceOrder": columns(
        "commerceOrderId:int externalReferenceCode:text? commerceChannelId:int? orderStatus:int createDate:time"
    ),
    "CommerceOrderItem": columns(
        "commerceOrderItemId:int commerceOrderId:int CIBookedQuantityId:int? sku:text unitOfMeasureKey:text? "
        "quantity:number shippedQuantity:number?"
    ),
    "CPInstance": columns(
        "sku:text published:flag displayAvailability:flag? displayStockQuantity:flag? "
        "minStockQuantity:number? lowStockActivity:text? backOrders:flag? minOrderQuantity:number? "
        "maxOrderQuantity:number? multipleOrderQuantity:number? allowedOrderQuantities:text? "
        "commerceAvailabilityEstimateId:int?"
    ),
    "CPInstanceUOM": columns(
        "sku:text key_:text rate:number? incrementalOrderQuantity:number? precision_:int? primary_:flag"
    ),
    "CommerceAvailabilityEstimate": columns("commerceAvailabilityEstimateId:int title:text? priority:number?"),
}


def convert(export: Export, arguments: argparse.Namespace, plan: Plan) -> None:
    shop = LiferayShop(export, arguments, plan)
    units = LiferayUnits(export, shop, arguments)
    stock = LiferayStock(export, shop, units)
    orders = LiferayOrders(export, shop, units, arguments)
    stock.show(orders.booked)


def main() -> int:
    parser = parser_of(__doc__.split("\n")[0])
    parser.add_argument(
        "--priority",
        type=_priority,
        action="append",
        default=[],
        metavar="KEY=NUMBER",
        help="which warehouse of the shop orders are served from first: that with the smallest number; "
        "default: 0 for each, and then by id",
    )
    parser.add_argument(
        "--rates",
        choices=("multiples", "parts"),
        help="what the rate of a unit of measure is: how many primary units one of it is, or how many of it "
        "one primary unit is; required if there are such units",
    )
    parser.add_argument(
        "--max-hold-hours",
        type=int,
        default=168,
        metavar="HOURS",
        help="the longest hold that the servers take, their --max-hold-ttl; default: 168",
    )
    return run("liferay", COLUMNS, parser, convert)


def _priority(text: str) -> tuple[str, int]:
    key, _, value = text.rpartition("=")
    if not key or not value.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=NUMBER")
    return key, int(value)


if __name__ == "__main__":
    sys.exit(main())

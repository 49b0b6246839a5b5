#!/usr/bin/python3
"""Makes a plan for move_in.py of an export of Magento Open Source or Adobe Commerce with MSI.

What becomes of each field, and how to export: server/MIGRATING.md.
"""

from __future__ import annotations

import argparse
import sys

from command_line import parser_of, run
from export_file import Export, columns
from magento_orders import MagentoOrders
from magento_shop import MagentoShop
from magento_stock import MagentoStock
from plan import Plan

COLUMNS = {
    "inventory_source": columns(
        "source_code:text name:text enabled:flag description:text? latitude:number? longitude:number? "
        "country_id:text region:text? city:text? street:text? postcode:text"
    ),
    "inventory_stock": columns("stock_id:int name:text"),
    "inventory_source_stock_link": columns("stock_id:int source_code:text priority:int"),
    "inventory_stock_sales_channel": columns("type:text code:text stock_id:int website_name:text?"),
    "inventory_source_item": columns("source_item_id:int source_code:text sku:text quantity:number status:flag"),
    "inventory_reservation": columns("reservation_id:int stock_id:int sku:text quantity:number metadata:text?"),
    "cataloginventory_stock_item": columns(
        "sku:text type_id:text manage_stock:flag use_config_manage_stock:flag is_qty_decimal:flag "
        "min_qty:number use_config_min_qty:flag backorders:int use_config_backorders:flag "
        "min_sale_qty:number use_config_min_sale_qty:flag max_sale_qty:number use_config_max_sale_qty:flag "
        "enable_qty_increments:flag use_config_enable_qty_inc:flag qty_increments:number "
        "use_config_qty_increments:flag"
    ),
    "core_config_data": columns("scope:text scope_id:int path:text value:text?"),
    "inventory_low_stock_notification_configuration": columns("source_code:text sku:text notify_stock_qty:number?"),
    "sales_order": columns(
        "entity_id:int increment_id:text state:text? created_at:time website_code:text? pickup_location_code:text?"
    ),
    "sales_order_item": columns(
        "item_id:int order_id:int parent_item_id:int? product_type:text? sku:text is_virtual:flag? "
        "qty_ordered:number qty_canceled:number? qty_invoiced:number? qty_refunded:number? "
        "qty_shipped:number? shipment_type:text?"
    ),
}


def convert(export: Export, arguments: argparse.Namespace, plan: Plan) -> None:
    shop = MagentoShop(export, arguments, plan)
    stock = MagentoStock(export, shop, arguments.base_unit)
    MagentoOrders(export, shop, stock, arguments.trust)
    stock.keep_back()
    stock.show()


def main() -> int:
    parser = parser_of(__doc__.split("\n")[0])
    parser.add_argument(
        "--base-unit",
        default="unit",
        metavar="KEY",
        help="what SKUs with decimal quantities are counted in, 'kg' for example; default: unit",
    )
    return run("magento", COLUMNS, parser, convert)


if __name__ == "__main__":
    sys.exit(main())

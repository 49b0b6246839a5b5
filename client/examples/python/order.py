"""Reserves a SKU for an order and confirms it: order.py ADDRESS CHANNEL SKU QUANTITY ORDER"""

import json
import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from inventory.v1 import inventory_service_pb2_grpc, reservation_pb2

# gRPC repeats what did not get through. That is safe because every write below has a request_id of its own.
SERVICE_CONFIG = {
    "methodConfig": [{
        "name": [{"service": "inventory.v1.InventoryService"}],
        "retryPolicy": {
            "maxAttempts": 5,
            "initialBackoff": "0.1s",
            "maxBackoff": "2s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
        },
    }]
}


def error_info(error: grpc.RpcError) -> error_details_pb2.ErrorInfo:
    """Why the service refused a call, for programs; empty where there was no service to say it."""
    info = error_details_pb2.ErrorInfo()
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        if detail.Unpack(info):
            break
    return info


def place(inventory, channel: str, sku: str, quantity: int, order: str) -> reservation_pb2.Reservation:
    """Exactly once for an order, however often it is called and wherever it broke off before."""
    reserved = inventory.ReserveStock(
        reservation_pb2.ReserveStockRequest(
            request_id=f"reserve-{order}",
            channel_id=channel,
            order_reference=order,
            lines=[reservation_pb2.OrderLine(sku=sku, quantity=quantity)],
        ),
        timeout=10,
    )
    # Here the customer pays.
    confirmed = inventory.ConfirmReservation(
        reservation_pb2.ConfirmReservationRequest(
            request_id=f"confirm-{order}", reservation_id=reserved.reservation.reservation_id
        ),
        timeout=10,
    )
    return confirmed.reservation


def main() -> int:
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        return 2
    address, channel, sku, quantity, order = sys.argv[1:]
    options = [("grpc.service_config", json.dumps(SERVICE_CONFIG))]
    with grpc.insecure_channel(address, options=options) as connection:
        inventory = inventory_service_pb2_grpc.InventoryServiceStub(connection)
        try:
            reservation = place(inventory, channel, sku, int(quantity), order)
        except grpc.RpcError as error:
            info = error_info(error)
            if info.reason == "INSUFFICIENT_STOCK":
                print(f"Sold out: only {info.metadata['available']} of {sku} left.")
            else:
                print(f"{error.code().name} {info.reason}: {error.details()}", file=sys.stderr)
            return 1
    units = sum(line.reserved_quantity for line in reservation.lines)
    print(f"Order {order}: {units} x {sku} in reservation {reservation.reservation_id}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

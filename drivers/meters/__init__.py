"""Meters that speak Modbus, each described by one register map."""

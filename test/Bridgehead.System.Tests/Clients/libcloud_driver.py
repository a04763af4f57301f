#!/usr/bin/python3
"""Apache Libcloud 3.4, OpenStack driver 1.1: a node with a floating address, and back to nothing."""
import os

from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider


def main():
    environment = os.environ
    # A URL with a path is taken as the whole of it.
    driver = get_driver(Provider.OPENSTACK)(
        environment["OS_USERNAME"], environment["OS_PASSWORD"], ex_force_auth_url=environment["OS_AUTH_URL"] + "/auth/tokens", ex_force_auth_version="3.x_password",
        ex_tenant_name=environment["OS_PROJECT_NAME"], ex_domain_name="Default", ex_force_service_region="RegionOne", api_version="1.1",
    )
    sizes, images = driver.list_sizes(), driver.list_images()
    assert {size.name for size in sizes} >= {"m1.tiny", "m1.small"} and [image.name for image in images] == ["busybox"]
    assert driver.list_nodes() == []
    assert [network.name for network in driver.ex_list_networks()] == ["mynet"]
    assert [group.name for group in driver.ex_list_security_groups()] == ["default"]
    assert [pool.name for pool in driver.ex_list_floating_ip_pools()] == ["nova"]

    key = driver.create_key_pair("lc")
    assert "PRIVATE KEY" in key.private_key and [pair.name for pair in driver.list_key_pairs()] == ["lc"]
    group = driver.ex_create_security_group("web", "for the web")
    driver.ex_create_security_group_rule(group, "icmp", -1, -1, "0.0.0.0/0")
    other = driver.ex_create_security_group_rule(group, "tcp", 80, 80, "0.0.0.0/0")
    # What these calls return is about the status 204, where compute has 202: look at what they did.
    driver.ex_delete_security_group_rule(other)
    assert [found.rules for found in driver.ex_list_security_groups() if found.id == group.id][0][0].ip_protocol == "icmp"

    size = next(size for size in sizes if size.name == "m1.tiny")
    node = driver.create_node(name="one", size=size, image=images[0], ex_keyname="lc", ex_security_groups=[group], ex_metadata={"role": "web"}, networks=driver.ex_list_networks())
    node, addresses = driver.wait_until_running([node], wait_period=0.2, timeout=60, ssh_interface="private_ips")[0]
    assert addresses == ["10.10.10.2"] and node.state == NodeState.RUNNING, (node, addresses)
    address = driver.ex_list_floating_ip_pools()[0].create_floating_ip()
    assert driver.ex_attach_floating_ip_to_node(node, address)
    node = driver.ex_get_node_details(node.id)
    # It takes an address of RFC 1918 for a private one, whatever it is told.
    assert node.private_ips == ["10.10.10.2", "192.168.1.233"] and node.extra["addresses"]["mynet"][1]["OS-EXT-IPS:type"] == "floating", node
    assert driver.ex_get_floating_ip(address.ip_address).node_id == node.id
    assert [found.name for found in driver.ex_get_node_security_groups(node)] == ["web"]
    assert driver.ex_get_metadata(node) == {"role": "web"}
    assert driver.ex_set_metadata(node, {"colour": "red"}) == {"colour": "red"}
    assert driver.ex_set_server_name(node, "eins").name == "eins"
    assert driver.reboot_node(node)
    driver.wait_until_running([node], wait_period=0.2, timeout=60, ssh_interface="private_ips")
    assert driver.ex_get_console_output(node)
    refused(lambda: driver.create_node(name="bad", size=size, image=images[0], ex_keyname="nosuch"))

    assert driver.ex_detach_floating_ip_from_node(node, address) and address.delete()
    assert driver.destroy_node(node)
    while driver.list_nodes():
        pass
    driver.ex_delete_security_group(group)
    driver.delete_key_pair(key)
    assert driver.list_key_pairs() == [] and [found.name for found in driver.ex_list_security_groups()] == ["default"] and driver.ex_list_floating_ips() == []
    print("all of it worked")


def refused(work):
    try:
        work()
    except BaseHTTPError as problem:
        assert problem.code == 400, problem
        return
    raise AssertionError("400 was expected")


if __name__ == "__main__":
    main()
